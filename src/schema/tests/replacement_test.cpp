// SPDX-License-Identifier: Apache-2.0
// One migration that does the work of several.
#include "live_database.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/sql_migration.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using names = std::vector<std::string>;

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) { t.id(); });
}
void users_down(schema_editor& db) { db.drop_table("users"); }
void age_up(schema_editor& db) { db.add_column("users", "age").null(); }
void age_down(schema_editor& db) { db.drop_column("users", "age"); }
void both_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("age").null();
  });
}
void nick_up(schema_editor& db) { db.add_column("users", "nick").null(); }
void nick_down(schema_editor& db) { db.drop_column("users", "nick"); }

const migration users{"1_users", {}, &users_up, &users_down, "1.cpp"};
const migration age{"2_age", {"1_users"}, &age_up, &age_down, "2.cpp"};
const migration nick{"3_nick", {"2_age"}, &nick_up, &nick_down, "3.cpp"};
const migration squashed{"2_both", {}, &both_up, &users_down, "b.cpp", {}, {"1_users", "2_age"}};

class replacement : public ::testing::Test {
public:
  migrate::report upgrade(const history& h) {
    return sync_wait(migrate::upgrade(live.db, "head", migrate::options(h)));
  }
  migrate::status_report status(const history& h) { return sync_wait(migrate::status(live.db, migrate::options(h))); }

  sample::live_database live;
  history before{{users, age}};
  history after{{squashed, nick}};
};

TEST_F(replacement, is_applied_where_none_of_the_replaced_is) {
  EXPECT_EQ(upgrade(after).applied, (names{"2_both", "3_nick"}));
  EXPECT_EQ(after.at("3_nick").parents, std::vector<std::string_view>{"2_both"});
}
TEST_F(replacement, is_recognised_where_the_replaced_are_applied) {
  upgrade(before);
  EXPECT_EQ(status(after).current, names{"2_both"}) << "before anything is written";
  const migrate::report done = upgrade(after);
  ASSERT_EQ(done.steps.size(), 1U);
  EXPECT_EQ(done.applied, (names{"2_both", "3_nick"}));
  EXPECT_EQ(live.text("SELECT group_concat(revision) FROM tupelo_migrations"), "2_both,3_nick");
  EXPECT_TRUE(sync_wait(migrate::verify(live.db, migrate::options(after))).holds());
  EXPECT_TRUE(sync_wait(migrate::downgrade(live.db, "base", migrate::options(after))).applied.empty());
}
TEST_F(replacement, is_recorded_by_an_upgrade_that_has_nothing_else_to_do) {
  upgrade(before);
  const history only{{squashed}};
  EXPECT_TRUE(upgrade(only).steps.empty());
  EXPECT_EQ(live.text("SELECT group_concat(revision) FROM tupelo_migrations"), "2_both");
}
TEST_F(replacement, of_which_only_a_part_is_applied_is_refused_with_what_to_do) {
  sync_wait(migrate::upgrade(live.db, "1_users", migrate::options(before)));
  try {
    upgrade(after);
    ADD_FAILURE() << "nothing was refused";
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::migration_missing);
    EXPECT_NE(
        std::string(e.what()).find("applied `1_users`, but not `2_age`, the last of those that `2_both` replaces"),
        std::string::npos)
        << e.what();
  }
  EXPECT_EQ(status(after).count(migrate::state::missing), 1U);
  upgrade(before);
  EXPECT_EQ(upgrade(after).applied.size(), 2U);
}
TEST_F(replacement, is_recorded_by_a_script_before_the_replaced_are_forgotten) {
  upgrade(before);
  const migrate::report plan = sync_wait(migrate::plan_upgrade(live.db, "head", migrate::options(after)));
  const names& script = plan.steps.at(0).statements;
  ASSERT_TRUE(script.at(0).starts_with("INSERT INTO tupelo_migrations")) << script[0];
  EXPECT_TRUE(script.at(1).starts_with("DELETE FROM tupelo_migrations")) << script[1];
  live.execute(script[0]);
  EXPECT_EQ(upgrade(after).applied, (names{"2_both", "3_nick"})) << "where the script went no further";
}
TEST_F(replacement, beside_what_it_replaces_is_refused) {
  try {
    history({users, age, squashed});
    ADD_FAILURE() << "nothing was refused";
  } catch (const migration_error& e) {
    EXPECT_NE(std::string(e.what()).find("`2_both` replaces `1_users`, which is still there"), std::string::npos)
        << e.what();
  }
}
TEST_F(replacement, goes_by_the_name_of_the_last_one_too) {
  EXPECT_EQ(after.resolve("2_age"), "2_both");
  EXPECT_THROW((void)after.resolve("1_users"), migration_error);
}
TEST_F(replacement, is_said_by_a_line_of_a_file_of_sql) {
  upgrade(before);
  const history all(sql_migrations({{"2_both.up.sql", "-- tupelo: after=base\n-- tupelo: replaces=1_users, 2_age\n"
                                                      "CREATE TABLE users (id INTEGER PRIMARY KEY, age TEXT)"}}));
  EXPECT_EQ(status(all).current, names{"2_both"});
}

}  // namespace
}  // namespace tupelo
