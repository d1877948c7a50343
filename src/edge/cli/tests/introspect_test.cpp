// SPDX-License-Identifier: Apache-2.0
// Models that the tool writes from a database, and what it says of the rest.
#include "cli_project.hpp"

#include <tupelo/engine/database.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

class introspecting : public testing::Test {
protected:
  introspecting() {
    folder.variables["DATABASE_URL"] = folder.url();
    run("CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, \"class\" TEXT)");
    run("CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users (id))");
    run("CREATE TABLE tags (name TEXT NOT NULL PRIMARY KEY)");
    run("CREATE TABLE post_tags (post_id INTEGER NOT NULL REFERENCES posts (id), tag_name TEXT NOT NULL REFERENCES "
        "tags (name), PRIMARY KEY (post_id, tag_name))");
  }
  void run(const std::string& sql) {
    database db("sqlite:///" + (folder.root() / "test.db").string());
    sync_wait(db.execute(sql));
  }

  cli_project folder;
};

TEST_F(introspecting, writes_models_with_relations_to_standard_output) {
  const outcome done = folder.db({"introspect"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.err, "");
  for (const char* said :
       {"struct User {", "std::optional<std::string> class_;", "tp::has_many<Post> posts;",
        "tp::belongs_to<User> user;", "m.belongs_to(&Post::user, &Post::user_id);",
        "m.has_many(&User::posts, \"user_id\");", "tp::many_to_many<Tag> tags;",
        "m.many_to_many(&Post::tags, \"post_tags\", \"post_id\", \"tag_name\");",
        "m.primary_key(&PostTag::post_id, &PostTag::tag_name);", "//     PostTag, Post, Tag, User>(argc, argv)"}) {
    EXPECT_TRUE(done.says(said)) << said << "\n" << done.out;
  }
}
TEST_F(introspecting, writes_a_file_once_unless_told_to_replace_it) {
  EXPECT_EQ(folder.db({"introspect", "--output", "src/models.hpp"}).code, 0);
  EXPECT_NE(folder.read("src/models.hpp").find("struct Tag"), std::string::npos);
  const outcome again = folder.db({"introspect", "-o", "src/models.hpp"});
  EXPECT_EQ(again.code, 2);
  EXPECT_TRUE(again.complains("--force")) << again.err;
  EXPECT_EQ(folder.db({"introspect", "-o", "src/models.hpp", "--tables", "users", "--force"}).code, 0);
  EXPECT_EQ(folder.read("src/models.hpp").find("struct Tag"), std::string::npos);
}
TEST_F(introspecting, says_what_it_has_written_in_json) {
  const nlohmann::json said = folder.db({"introspect", "-t", "users,tags", "-o", "models.hpp", "--json"}).json();
  EXPECT_EQ(said["file"], "models.hpp");
  EXPECT_EQ(said["models"], nlohmann::json::parse(R"([{"struct": "Tag", "table": "tags"},
                                                      {"struct": "User", "table": "users"}])"));
  EXPECT_EQ(said["left_out"], nlohmann::json::array());
}
TEST_F(introspecting, refuses_a_schema_where_there_are_none) {
  const outcome done = folder.db({"introspect", "--schema", "billing"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("SQLite has no schemas")) << done.err;
}
TEST_F(introspecting, names_a_table_that_is_not_there) {
  const outcome done = folder.db({"introspect", "--tables", "nobody"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("`nobody`")) << done.err;
}
TEST_F(introspecting, tells_what_models_have_no_words_for) {
  run("CREATE VIEW names AS SELECT name FROM tags");
  run("CREATE TRIGGER noted AFTER INSERT ON tags BEGIN SELECT 1; END");
  const outcome done = folder.db({"introspect"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.complains("view names")) << done.err;
  EXPECT_TRUE(done.says("//   trigger noted on tags")) << done.out;
  EXPECT_TRUE(folder.db({"status"}).says("trigger noted on tags, view names"));
  EXPECT_EQ(folder.db({"status", "--json"}).json()["beside_tables"][1]["kind"], "view");
  folder.use_models<sample_user>();
  const outcome diff = folder.db({"diff"});
  EXPECT_EQ(diff.code, 3);
  EXPECT_TRUE(diff.complains("view names")) << diff.err;
  EXPECT_EQ(folder.db({"diff", "--json"}).json()["not_compared"].size(), 2U);
}
TEST_F(introspecting, tables_of_its_own_bookkeeping_are_no_models) {
  const history none{{first_step}};
  folder.use(none);
  run("DROP TABLE post_tags");
  run("DROP TABLE posts");
  run("DROP TABLE users");
  ASSERT_EQ(folder.db({"upgrade"}).code, 0);
  const outcome done = folder.db({"introspect"});
  EXPECT_FALSE(done.says("tupelo_migrations")) << done.out;
  EXPECT_TRUE(done.says("struct User")) << done.out;
}

}  // namespace
}  // namespace tupelo::cli
