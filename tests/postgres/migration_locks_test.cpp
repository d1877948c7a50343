// SPDX-License-Identifier: Apache-2.0
// Schemas read while somebody has a table for himself alone: PostgreSQL opens a table to describe its checks.
#include <tupelo/migration.hpp>
#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

namespace tupelo::postgres {
namespace {

void first_up(schema_editor& db) {
  db.create_table("held", [](table_editor& t) {
    t.id();
    t.integer("age");
    t.check("grown", "age > 0");
  });
}
void first_down(schema_editor& db) { db.drop_table("held"); }
void second_up(schema_editor& db) {
  db.create_table("others", [](table_editor& t) { t.id(); });
}
void second_down(schema_editor& db) { db.drop_table("others"); }

/// Hears of each attempt that got no lock.
struct listener : migrate::observer {
  std::function<void()> then = [] {};
  std::uint32_t attempts = 0;
  void waiting(std::string_view, std::uint32_t attempt, std::int64_t) override {
    attempts = attempt;
    then();
  }
};

class schema_while_locked : public testing::Test {
protected:
  void SetUp() override {
    const char* given = std::getenv("TUPELO_TEST_POSTGRES");
    if (given == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES names no server";
    server_ = given;
    name_ = "locks_" + uuid::v4().to_string().substr(0, 8);
    locker_ = std::make_unique<database>(server_, options());
    held_ = sync_wait(locker_->acquire());
    sync_wait(held_.execute("CREATE SCHEMA " + name_));
    db = std::make_unique<database>(url(), options());
    sync_wait(migrate::upgrade(*db, "1_first", migrate::options(all)));
    sync_wait(held_.begin());
    sync_wait(held_.execute("LOCK TABLE " + name_ + ".held IN ACCESS EXCLUSIVE MODE"));
  }
  void TearDown() override {
    if (db == nullptr) return;
    let_go();
    db.reset();
    sync_wait(held_.execute("SET client_min_messages = warning"));
    sync_wait(held_.execute("DROP SCHEMA " + name_ + " CASCADE"));
  }

  std::string url() const { return server_ + "&options=-csearch_path%3D" + name_; }
  void let_go() {
    if (held_.in_transaction()) sync_wait(held_.rollback());
  }
  migrate::options hurried() {
    migrate::options opts(all);
    opts.lock_timeout_us = 20'000;
    opts.lock_retries = 2;
    opts.first_lock_backoff_us = 1'000;
    opts.watch = &heard;
    return opts;
  }
  std::string failure_of(task<migrate::report> work) {
    try {
      sync_wait(std::move(work));
    } catch (const migration_error& e) {
      EXPECT_EQ(e.code(), errc::migration_failed);
      return e.what();
    }
    ADD_FAILURE() << "nothing failed";
    return {};
  }

  const history all{
      {{"1_first", {}, &first_up, &first_down, "1.cpp"}, {"2_second", {"1_first"}, &second_up, &second_down, "2.cpp"}}};
  listener heard;
  std::unique_ptr<database> db;

private:
  static database_options options() { return {.pool_size = 1, .run = execution::inline_}; }
  std::string server_, name_;
  std::unique_ptr<database> locker_;
  lease held_;
};

TEST_F(schema_while_locked, a_status_waits_for_nobody) {
  EXPECT_EQ(sync_wait(migrate::status(*db, migrate::options(all))).current.at(0), "1_first");
}
TEST_F(schema_while_locked, an_upgrade_with_nothing_to_do_waits_for_nobody) {
  EXPECT_TRUE(sync_wait(migrate::upgrade(*db, "1_first", migrate::options(all))).steps.empty());
}
TEST_F(schema_while_locked, an_upgrade_tries_as_often_as_it_is_told) {
  const std::string said = failure_of(migrate::upgrade(*db, "head", hurried()));
  EXPECT_NE(said.find("nothing was changed"), std::string::npos) << said;
  EXPECT_NE(said.find("tried 3 times"), std::string::npos) << said;
  EXPECT_EQ(heard.attempts, 3u);
  EXPECT_EQ(sync_wait(migrate::status(*db, migrate::options(all))).current.at(0), "1_first");
}
TEST_F(schema_while_locked, an_upgrade_goes_on_when_the_table_is_let_go) {
  heard.then = [this] { let_go(); };
  EXPECT_EQ(sync_wait(migrate::upgrade(*db, "head", hurried())).steps.size(), 1u);
  EXPECT_EQ(heard.attempts, 2u);
}
TEST_F(schema_while_locked, a_stamp_tries_as_often_as_it_is_told) {
  const std::string said = failure_of(migrate::stamp(*db, "head", hurried()));
  EXPECT_NE(said.find("nothing was stamped"), std::string::npos) << said;
  EXPECT_EQ(sync_wait(migrate::status(*db, migrate::options(all))).current.at(0), "1_first");
}
TEST_F(schema_while_locked, a_fresh_database_is_not_begun) {
  const std::string said = failure_of(migrate::fresh(*db, hurried()));
  EXPECT_NE(said.find("nothing was changed"), std::string::npos) << said;
  EXPECT_EQ(sync_wait(migrate::status(*db, migrate::options(all))).current.at(0), "1_first");
}
TEST_F(schema_while_locked, a_description_waits_as_long_as_the_url_says) {
  database short_of_time(url() + "&lock_timeout=20", {.pool_size = 1, .run = execution::inline_});
  EXPECT_THROW(sync_wait(introspect(short_of_time)), busy_error);
}

}  // namespace
}  // namespace tupelo::postgres
