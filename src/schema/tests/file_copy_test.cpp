// SPDX-License-Identifier: Apache-2.0
// The copy that is made of a database file before an upgrade loses data.
#include "live_database.hpp"

#include "tupelo/schema/migrator.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace tupelo {
namespace {

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email");
  });
}
void users_down(schema_editor& db) { db.drop_table("users"); }
void drop_up(schema_editor& db) {
  db.allow("drop-column", "nobody reads it");
  db.drop_column("users", "email");
}
void drop_down(schema_editor& db) { db.add_column("users", "email").text().default_value(""); }
void drop_and_fail(schema_editor& db) {
  drop_up(db);
  db.execute("SELECT nothing FROM nowhere");
}
void age_up(schema_editor& db) { db.add_column("users", "age").integer().null(); }
void age_down(schema_editor& db) { db.drop_column("users", "age"); }

class listening final : public migrate::observer {
public:
  void copied(std::string_view file) override { file_ = file; }
  void started(std::string_view revision, migrate::direction, std::size_t, std::size_t) override {
    if (revision == "3_drop") before_the_loss_ = !file_.empty();
  }
  void copy_removed(std::string_view file) override { removed_ = file; }
  std::string file_;
  std::string removed_;
  bool before_the_loss_ = false;
};

class copies_of_a_file : public ::testing::Test {
protected:
  copies_of_a_file() {
    upgrade("1_users");
    live.execute("INSERT INTO users (email) VALUES ('ada@example.com')");
  }
  migrate::report upgrade(std::string target, bool backup = true) {
    migrate::options options(all);
    options.watch = &heard;
    options.backup = backup;
    return sync_wait(migrate::upgrade(live.db, std::move(target), options));
  }

  history all{{{"1_users", {}, &users_up, &users_down, "1.cpp"},
               {"2_age", {"1_users"}, &age_up, &age_down, "2.cpp"},
               {"3_drop", {"2_age"}, &drop_up, &drop_down, "3.cpp"}}};
  listening heard;
  sample::live_database live;
};

TEST_F(copies_of_a_file, are_made_before_an_upgrade_loses_data) {
  const migrate::report done = upgrade("head");
  ASSERT_FALSE(done.backup.empty());
  EXPECT_EQ(heard.file_, done.backup);
  EXPECT_TRUE(heard.before_the_loss_);
  database copy("sqlite:///" + done.backup + "?mode=ro");
  EXPECT_EQ(sync_wait(copy.raw_sql<std::string>("SELECT email FROM users").one()), "ada@example.com");
}
TEST_F(copies_of_a_file, are_not_made_where_nothing_is_lost) { EXPECT_EQ(upgrade("2_age").backup, ""); }
TEST_F(copies_of_a_file, are_not_made_where_nobody_wants_them) { EXPECT_EQ(upgrade("head", false).backup, ""); }
TEST_F(copies_of_a_file, have_names_of_their_own) {
  const std::string first = upgrade("head").backup;
  sync_wait(migrate::downgrade(live.db, "2_age", migrate::options(all)));
  const std::string second = upgrade("head").backup;
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::filesystem::exists(first) && std::filesystem::exists(second));
}
TEST_F(copies_of_a_file, are_removed_where_a_failed_upgrade_has_changed_nothing) {
  upgrade("2_age");
  all = history{{{"1_users", {}, &users_up, &users_down, "1.cpp"},
                 {"2_age", {"1_users"}, &age_up, &age_down, "2.cpp"},
                 {"3_drop", {"2_age"}, &drop_and_fail, &drop_down, "3.cpp"}}};
  EXPECT_THROW(upgrade("head"), error);
  EXPECT_NE(heard.removed_, "");
  EXPECT_EQ(heard.removed_, heard.file_);
  EXPECT_FALSE(std::filesystem::exists(heard.file_));
}
TEST_F(copies_of_a_file, are_removed_where_it_only_took_a_migration_for_those_that_it_replaces) {
  upgrade("2_age");
  all = history{{{"2_both", {}, &users_up, &users_down, "b.cpp", {}, {"1_users", "2_age"}},
                 {"3_drop", {"2_both"}, &drop_and_fail, &drop_down, "3.cpp"}}};
  EXPECT_THROW(upgrade("head"), error);
  EXPECT_NE(heard.file_, "");
  EXPECT_FALSE(std::filesystem::exists(heard.file_));
}
TEST_F(copies_of_a_file, stay_where_a_failed_upgrade_has_applied_something) {
  all = history{{{"1_users", {}, &users_up, &users_down, "1.cpp"},
                 {"2_age", {"1_users"}, &age_up, &age_down, "2.cpp"},
                 {"3_drop", {"2_age"}, &drop_and_fail, &drop_down, "3.cpp"}}};
  EXPECT_THROW(upgrade("head"), error);
  EXPECT_EQ(heard.removed_, "");
  EXPECT_TRUE(std::filesystem::exists(heard.file_));
}
TEST(copies_of_memory, do_not_exist) {
  const history all{
      {{"1_users", {}, &users_up, &users_down, "1.cpp"}, {"2_drop", {"1_users"}, &drop_up, &drop_down, "2.cpp"}}};
  database db("sqlite::memory:");
  sync_wait(migrate::upgrade(db, "1_users", migrate::options(all)));
  const migrate::report done = sync_wait(migrate::upgrade(db, "head", migrate::options(all)));
  EXPECT_EQ(done.steps.size(), 1U);
  EXPECT_EQ(done.backup, "");
}

}  // namespace
}  // namespace tupelo
