// SPDX-License-Identifier: Apache-2.0
// `db squash`: what is written, and what is refused.
#include "cli_project.hpp"

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

void fill_ages(schema_editor& db) { db.execute("UPDATE users SET age = 0"); }
void leave(schema_editor&) {}
void add_nick(schema_editor& db) {
  db.allow("several-tables", "it is quick");
  db.add_column("users", "nick").null();
}
void drop_nick(schema_editor& db) {
  db.allow("drop-column", "nobody has one yet");
  db.drop_column("users", "nick");
}
void drop_age_on_purpose(schema_editor& db) {
  db.allow("drop-column", "age is a number");
  db.drop_column("users", "age");
}
void add_age_again(schema_editor& db) { db.add_column("users", "age").integer().null(); }

class squash_verb : public testing::Test {
protected:
  squash_verb() {
    folder.use(both);
    for (const migration& m : {first_step, second_step}) {
      folder.write(std::string(m.file), "TUPELO_MIGRATION(\"" + std::string(m.revision) + "\")\n");
    }
  }

  cli_project folder;
  history both{{first_step, second_step}};
};

TEST_F(squash_verb, writes_the_file_and_names_those_to_remove) {
  const outcome done = folder.db({"squash"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string text = folder.read("migrations/20261120T090000_squashed.cpp");
  EXPECT_NE(text.find("replaces(\"20261120T080000_users\", \"20261120T090000_age\")"), std::string::npos) << text;
  EXPECT_NE(text.find("t.integer(\"age\").null();"), std::string::npos) << text;
  EXPECT_TRUE(done.says("  migrations/20261120T080000_users.cpp\n") &&
              done.says("  migrations/20261120T090000_age.cpp"))
      << done.out;
}
TEST_F(squash_verb, is_named_by_its_message_and_tells_programs_the_same) {
  const nlohmann::json said = folder.db({"squash", "-m", "First release", "--json"}).json();
  EXPECT_EQ(said["revision"], "20261120T090000_first_release");
  EXPECT_EQ(said["replaces"].size(), 2U);
  EXPECT_EQ(said["remove"].size(), 2U);
  EXPECT_EQ(said["operations"].size(), 1U);
}
TEST_F(squash_verb, dry_run_prints_the_file_and_writes_none) {
  const outcome done = folder.db({"squash", "--dry-run"});
  EXPECT_TRUE(done.says("replaces(")) << done.out;
  EXPECT_EQ(folder.files("migrations").size(), 2U);
}
TEST_F(squash_verb, keeps_the_permissions_that_are_needed_once) {
  const history more{
      {first_step,
       second_step,
       {"20261121T080000_nick", {second_step.revision}, &add_nick, &leave, "migrations/nick.cpp"},
       {"20261121T090000_less", {"20261121T080000_nick"}, &drop_nick, &leave, "migrations/less.cpp"},
       {"20261121T100000_age", {"20261121T090000_less"}, &drop_age_on_purpose, &add_age_again, "a.cpp"}}};
  folder.use(more);
  const auto allowed = [&](const std::string& last) {
    const std::string text =
        folder.db({"squash", last, "--from", "20261121T080000_nick", "--dry-run", "--json"}).json()["text"];
    std::size_t count = 0;
    for (std::size_t at = text.find("db.allow("); at != std::string::npos; at = text.find("db.allow(", at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(allowed("20261121T090000_less"), 1U) << "only one table is changed";
  EXPECT_EQ(allowed("20261121T100000_age"), 1U) << "two have allowed the same";
}
TEST_F(squash_verb, refuses_a_migration_with_sql_of_its_own_by_its_file) {
  const history mixed{
      {first_step,
       second_step,
       {"20261121T080000_fill", {second_step.revision}, &fill_ages, &leave, "migrations/20261121T080000_fill.cpp"}}};
  folder.use(mixed);
  const outcome refused = folder.db({"squash"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("migrations/20261121T080000_fill.cpp") && refused.complains("runs SQL of its own") &&
              refused.complains("squash those up to `20261120T090000_age`"))
      << refused.err;
  EXPECT_EQ(folder.db({"squash", "20261120T090000_age"}).code, 0);
}

}  // namespace
}  // namespace tupelo::cli
