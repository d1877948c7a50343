// SPDX-License-Identifier: Apache-2.0
#include "raw_database.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo::sqlite {
namespace {

using namespace ddl;

column_definition id() { return {.name = "id", .type = type_kind::int64, .identity = true}; }
column_definition text(std::string name) { return {.name = std::move(name), .type = type_kind::text}; }

table_definition users() {
  return {.name = "users",
          .columns = {id(), text("email"), {.name = "age", .type = type_kind::int32, .nullable = true}},
          .primary_key = {"", {"id"}},
          .uniques = {{"", {"email"}}},
          .indexes = {{.columns = {{"age", true}}, .where = "age > 17"}},
          .checks = {{"age_is_human", "age >= 0 AND age < 200"}}};
}
table_definition posts() {
  return {.name = "posts",
          .columns = {id(), {.name = "author_id", .type = type_kind::int64}, text("title")},
          .primary_key = {"", {"id"}},
          .indexes = {{.columns = {{"author_id"}, {"title"}}}},
          .foreign_keys = {{.columns = {"author_id"}, .references = "users", .on_delete = cascade}}};
}

class sqlite_ddl : public ::testing::Test {
protected:
  void SetUp() override {
    db.change({create_table{users()}, create_table{posts()}}, schema);
    db.run("INSERT INTO users (email, age) VALUES ('ada', 36), ('bob', NULL), ('cyd', 20)");
    db.run("DELETE FROM users WHERE email = 'cyd'");
    db.run("INSERT INTO posts (author_id, title) VALUES (1, 'one'), (1, 'two'), (2, 'three')");
  }

  void change(const std::vector<schema_operation>& operations) { db.change(operations, schema); }
  std::string count(const std::string& table) { return db.value("SELECT count(*) FROM " + table); }
  static bool rebuilds(const std::vector<ddl_statement>& statements) {
    for (const auto& s : statements) {
      if (s.role != ddl_role::execute) return true;
    }
    return false;
  }
  std::vector<ddl_statement> render(const std::vector<schema_operation>& operations) {
    return render_ddl(operations, schema);
  }
  const column_definition& column(const std::string& table, const std::string& name) {
    return *schema.find(table)->find_column(name);
  }

  raw_database db;
  schema_definition schema;
};

TEST_F(sqlite_ddl, a_created_table_reads_as_it_was_defined) { EXPECT_EQ(db.introspect(), schema); }

TEST_F(sqlite_ddl, create_table_is_readable) {
  EXPECT_EQ(create_table_text(*schema.find("posts"), "posts"),
            "CREATE TABLE \"posts\" (\n"
            "  \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n"
            "  \"author_id\" BIGINT NOT NULL,\n"
            "  \"title\" TEXT NOT NULL,\n"
            "  CONSTRAINT \"fk_posts_author_id\" FOREIGN KEY (\"author_id\") REFERENCES \"users\" (\"id\") ON DELETE "
            "CASCADE\n"
            ")");
}

TEST_F(sqlite_ddl, names_are_quoted) {
  change({create_table{{.name = "order \"by\"",
                        .columns = {id(), text("select")},
                        .primary_key = {"", {"id"}},
                        .uniques = {{"", {"select"}}},
                        .indexes = {{.columns = {{"select"}}}}}}});
  EXPECT_EQ(db.introspect(), schema);
  change(
      {alter_column{"order \"by\"", column("order \"by\"", "select"), {.name = "select", .type = type_kind::int32}}});
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, every_type_and_default_reads_as_it_was_defined) {
  table_definition wide{.name = "wide", .columns = {id()}, .primary_key = {"", {"id"}}};
  int n = 0;
  auto add = [&](column_type type, std::optional<std::string> value) {
    wide.columns.push_back(
        {.name = "c" + std::to_string(n++), .type = type, .nullable = n % 2 == 0, .default_sql = value});
  };
  add(type_kind::boolean, "TRUE");
  add(type_kind::int16, "-3");
  add(type_kind::int32, "0");
  add(type_kind::int64, std::nullopt);
  add(type_kind::float32, "1.5");
  add(type_kind::float64, std::nullopt);
  add(type_kind::text, "'it''s'");
  add(column_type::varchar(20), "lower('A')");
  add(type_kind::bytes, std::nullopt);
  add(type_kind::timestamp, "CURRENT_TIMESTAMP");
  add(type_kind::date, std::nullopt);
  add(type_kind::uuid, std::nullopt);
  add(column_type::decimal(10, 2), "0");
  add(type_kind::json, "'{}'");
  add(column_type::spelled("POINT"), std::nullopt);
  change({create_table{wide}});
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, a_key_of_the_programs_own_is_not_numbered_by_sqlite) {
  change({create_table{
      {.name = "t", .columns = {{.name = "code", .type = type_kind::int32}}, .primary_key = {"", {"code"}}}}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_FALSE(db.introspect().find("t")->columns[0].identity);
}

TEST_F(sqlite_ddl, a_composite_key_reads_as_it_was_defined) {
  change(
      {create_table{{.name = "tags", .columns = {text("b"), text("a"), text("c")}, .primary_key = {"", {"a", "b"}}}}});
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, foreign_keys_with_all_their_actions_read_as_they_were_defined) {
  change({create_table{
      {.name = "t",
       .columns = {id(), {.name = "a", .type = type_kind::int64, .nullable = true}, text("email")},
       .primary_key = {"", {"id"}},
       .foreign_keys = {
           {.columns = {"a"}, .references = "users", .on_delete = set_null, .on_update = cascade, .deferrable = true},
           {.name = "mail",
            .columns = {"email"},
            .references = "users",
            .referenced_columns = {"email"},
            .on_delete = restrict_delete},
           {.name = "self", .columns = {"a"}, .references = "t", .on_delete = set_default}}}}});
  EXPECT_EQ(db.introspect(), schema);
}

// ---- what SQLite alters by itself

TEST_F(sqlite_ddl, simple_changes_do_not_copy_the_table) {
  EXPECT_FALSE(rebuilds(render({add_column{"users", {.name = "n", .type = type_kind::text, .nullable = true}}})));
  EXPECT_FALSE(rebuilds(render({add_column{"users", {.name = "n", .type = type_kind::int32, .default_sql = "0"}}})));
  EXPECT_FALSE(rebuilds(render({rename_table{"users", "people"}})));
  EXPECT_FALSE(rebuilds(render({rename_column{"users", "age", "years"}})));
  EXPECT_FALSE(rebuilds(render({add_index{"users", {.columns = {{"email"}}}}})));
  EXPECT_FALSE(rebuilds(
      render({drop_index{"posts", schema.find("posts")->indexes[0]}, drop_column{"posts", column("posts", "title")}})));
}

TEST_F(sqlite_ddl, adding_and_dropping_a_column_keeps_rows) {
  change({add_column{"users", {.name = "name", .type = type_kind::text, .default_sql = "'nobody'"}}});
  EXPECT_EQ(db.value("SELECT name FROM users WHERE email = 'ada'"), "nobody");
  EXPECT_EQ(db.introspect(), schema);
  change({drop_column{"users", column("users", "name")}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_EQ(count("users"), "2");
}

TEST_F(sqlite_ddl, renaming_a_table_follows_it_in_foreign_keys) {
  change({rename_table{"users", "people"}});
  schema_definition live = db.introspect();
  live.find("people")->uniques = schema.find("people")->uniques;  // which are called as before
  EXPECT_EQ(live, schema);
  EXPECT_EQ(count("posts JOIN people ON people.id = author_id"), "3");
}

TEST_F(sqlite_ddl, renaming_a_column_follows_it_in_checks_indexes_and_views) {
  db.run("CREATE VIEW grown AS SELECT age FROM users");
  change({rename_column{"users", "age", "years"}});
  EXPECT_EQ(db.introspect().find("users")->indexes[0].columns[0].name, "years");
  EXPECT_THROW(db.run("UPDATE users SET years = 500"), std::runtime_error);
  EXPECT_EQ(count("grown"), "2");
}

// ---- what needs the table to be made anew

TEST_F(sqlite_ddl, a_rebuild_keeps_rows_keys_and_indexes) {
  change(
      {alter_column{"users", column("users", "age"), {.name = "age", .type = type_kind::int64, .default_sql = "18"}}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_EQ(count("users"), "2");
  EXPECT_EQ(db.value("SELECT age FROM users WHERE email = 'ada'"), "36");
}

TEST_F(sqlite_ddl, a_column_that_may_no_longer_be_null_takes_its_default) {
  change(
      {alter_column{"users", column("users", "age"), {.name = "age", .type = type_kind::int32, .default_sql = "18"}}});
  EXPECT_EQ(db.value("SELECT age FROM users WHERE email = 'bob'"), "18");
}

TEST_F(sqlite_ddl, a_column_that_may_no_longer_be_null_and_has_no_default_is_refused_with_null_in_it) {
  EXPECT_THROW(change({alter_column{"users", column("users", "age"), {.name = "age", .type = type_kind::int32}}}),
               std::runtime_error);
}

TEST_F(sqlite_ddl, a_rebuild_does_not_delete_rows_that_reference_the_table) {
  change({add_check{"users", {"mail_is_short", "length(email) < 100"}}});
  EXPECT_EQ(count("posts"), "3");
  EXPECT_EQ(db.introspect(), schema);
  db.run("DELETE FROM users WHERE email = 'ada'");
  EXPECT_EQ(count("posts"), "1") << "the foreign key no longer works";
}

TEST_F(sqlite_ddl, foreign_keys_are_enforced_again_after_a_rebuild) {
  change({drop_check{"users", schema.find("users")->checks[0]}});
  EXPECT_EQ(db.value("PRAGMA foreign_keys"), "1");
  EXPECT_THROW(db.run("INSERT INTO posts (author_id, title) VALUES (99, 'x')"), std::runtime_error);
}

TEST_F(sqlite_ddl, a_rebuild_keeps_triggers) {
  db.run("CREATE TABLE log (what TEXT)");
  db.run("CREATE TRIGGER users_log AFTER INSERT ON users BEGIN INSERT INTO log VALUES (new.email); END");
  db.run(
      "CREATE TRIGGER posts_touch AFTER INSERT ON posts BEGIN UPDATE users SET age = 1 WHERE id = new.author_id; END");
  change({add_unique{"users", {"", {"age"}}}});
  db.run("INSERT INTO users (email) VALUES ('dan')");
  EXPECT_EQ(db.value("SELECT what FROM log"), "dan");
  db.run("INSERT INTO posts (author_id, title) VALUES (2, 'x')");
  EXPECT_EQ(db.value("SELECT age FROM users WHERE id = 2"), "1");
}

TEST_F(sqlite_ddl, a_rebuild_keeps_views) {
  db.run("CREATE VIEW grown AS SELECT email FROM users WHERE age > 17");
  change({drop_check{"users", schema.find("users")->checks[0]}});
  EXPECT_EQ(db.value("SELECT email FROM grown"), "ada");
  change({rename_table{"users", "people"}});
  EXPECT_EQ(db.value("SELECT email FROM grown"), "ada");
}

TEST_F(sqlite_ddl, a_rebuild_keeps_indexes_that_no_definition_knows) {
  db.run("CREATE INDEX lower_mail ON users (lower(email))");
  change({drop_check{"users", schema.find("users")->checks[0]}});
  EXPECT_EQ(db.value("SELECT name FROM sqlite_master WHERE name = 'lower_mail'"), "lower_mail");
}

TEST_F(sqlite_ddl, a_rebuild_does_not_bring_back_a_dropped_index) {
  change({drop_index{"users", schema.find("users")->indexes[0]}, drop_check{"users", schema.find("users")->checks[0]}});
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, a_rebuild_does_not_give_out_old_keys_again) {
  change({drop_check{"users", schema.find("users")->checks[0]}});
  db.run("INSERT INTO users (email) VALUES ('dan')");
  EXPECT_EQ(db.value("SELECT id FROM users WHERE email = 'dan'"), "4");  // 3 was cyd
}

TEST_F(sqlite_ddl, neighbouring_changes_of_a_table_copy_it_once) {
  std::vector<ddl_statement> statements =
      render({drop_check{"users", schema.find("users")->checks[0]}, add_unique{"users", {"", {"age"}}},
              add_column{"users", {.name = "n", .type = type_kind::text, .default_sql = "''"}},
              alter_column{"users", column("users", "email"), {.name = "email", .type = column_type::varchar(99)}}});
  int copies = 0;
  for (const auto& s : statements) copies += s.sql.rfind("INSERT INTO \"tupelo_new", 0) == 0;
  EXPECT_EQ(copies, 1);
}

TEST_F(sqlite_ddl, a_foreign_key_can_be_added_dropped_and_changed) {
  foreign_key_definition key = schema.find("posts")->foreign_keys[0];
  change({drop_foreign_key{"posts", key}});
  EXPECT_EQ(db.introspect(), schema);
  key.on_delete = referential_action::set_null;
  change({add_foreign_key{"posts", key}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_EQ(count("posts"), "3");
}

TEST_F(sqlite_ddl, a_foreign_key_that_rows_violate_is_refused) {
  db.run("PRAGMA foreign_keys = OFF");
  db.run("INSERT INTO posts (author_id, title) VALUES (77, 'lost')");
  try {
    change({add_check{"posts", {"", "title <> ''"}}});
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(),
                 "table `posts` has 1 row that references missing rows of `users`; correct or delete them (`PRAGMA "
                 "foreign_key_check(\"posts\")` lists them, unless the key is new)");
  }
}

TEST_F(sqlite_ddl, the_primary_key_can_become_another_and_back) {
  schema_definition before = schema;
  change({drop_foreign_key{"posts", schema.find("posts")->foreign_keys[0]},
          alter_column{"users", column("users", "id"), {.name = "id", .type = type_kind::int64}},
          change_primary_key{"users", schema.find("users")->primary_key, {"", {"email"}}}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_EQ(db.value("SELECT id FROM users WHERE email = 'bob'"), "2");
  change({change_primary_key{"users", schema.find("users")->primary_key, {"", {"id"}}},
          alter_column{"users", column("users", "id"), id()},
          add_foreign_key{"posts", before.find("posts")->foreign_keys[0]}});
  EXPECT_EQ(db.introspect(), before);
  EXPECT_EQ(count("posts JOIN users ON users.id = author_id"), "3");
}

TEST_F(sqlite_ddl, the_primary_key_can_be_given_a_name) {
  change({rename_constraint{"users", "pk_users", "one_user"}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_EQ(schema.find("users")->primary_key.name, "one_user");
  change({rename_constraint{"users", "one_user", "pk_users"}});
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, rows_without_a_key_are_numbered_when_they_get_one) {
  change({create_table{{.name = "notes", .columns = {text("body")}}}});
  db.run("INSERT INTO notes VALUES ('a'), ('b')");
  change({add_column{"notes", id()}, change_primary_key{"notes", {}, {"", {"id"}}}});
  EXPECT_EQ(db.value("SELECT group_concat(id || body) FROM notes"), "1a,2b");
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, a_table_that_references_itself_survives_a_rebuild) {
  change({create_table{{.name = "tree",
                        .columns = {id(), {.name = "parent_id", .type = type_kind::int64, .nullable = true}},
                        .primary_key = {"", {"id"}},
                        .foreign_keys = {{.columns = {"parent_id"}, .references = "tree", .on_delete = cascade}}}}});
  db.run("INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2)");
  change({add_check{"tree", {"", "parent_id <> id"}}});
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_EQ(count("tree"), "3");
  db.run("DELETE FROM tree WHERE id = 1");
  EXPECT_EQ(count("tree"), "0");
}

TEST_F(sqlite_ddl, dropping_a_table_does_not_touch_the_rows_of_others) {
  change({drop_foreign_key{"posts", schema.find("posts")->foreign_keys[0]}, drop_table{*schema.find("users")}});
  EXPECT_EQ(count("posts"), "3");
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(sqlite_ddl, printed_sql_says_where_triggers_are_made_again) {
  const std::vector<std::string> sql = texts_of(render({drop_check{"users", schema.find("users")->checks[0]}}));
  EXPECT_TRUE(sql[0].starts_with("-- a row here means: do not go on\nSELECT")) << sql[0];
  EXPECT_EQ(sql[1], "PRAGMA legacy_alter_table = ON");
  EXPECT_EQ(sql.back(), "-- triggers or views that had to go are made again here");
}

TEST_F(sqlite_ddl, an_invalid_operation_is_not_rendered) {
  EXPECT_THROW(render({add_column{"nobody", text("x")}}), migration_error);
}

TEST_F(sqlite_ddl, wiping_leaves_nothing) {
  db.run("CREATE VIEW v AS SELECT * FROM posts");
  db.run("PRAGMA foreign_keys = OFF");
  for (auto& row : db.rows(wipe_query())) db.run(*row[0]);
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"), "0");
}

}  // namespace
}  // namespace tupelo::sqlite
