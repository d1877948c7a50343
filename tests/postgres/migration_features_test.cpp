// SPDX-License-Identifier: Apache-2.0
// Migrations on a server that others use: indexes built beside them, locks that cannot be had, enums and comments.
#include <tupelo/migration.hpp>
#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tupelo::postgres {
namespace {

void nothing(schema_editor&) {}

void users_up(schema_editor& db) {
  db.create_enum("role", {"guest", "admin"});
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email").comment("where we write to");
    t.integer("age").null();
    t.enumeration("role", "role").default_value("guest");
    t.text("shouted").generated_as("upper(email)");
    t.index({}).expression("lower(email)").unique();
    t.index({"role"}).include({"age"});
    t.comment("who signed up");
  });
}
void users_down(schema_editor& db) {
  db.drop_table("users");
  db.drop_enum("role");
}

void grow_up(schema_editor& db) {
  db.rename_enum_value("role", "guest", "visitor");
  db.change_enum("role", {"visitor", "member", "admin"});
  db.comment_table("users", "everybody");
  db.alter_column("users", "email").comment("");
  db.alter_column("users", "shouted").generated_as("upper(email) || '!'");
}
void grow_down(schema_editor& db) {
  db.alter_column("users", "shouted").generated_as("upper(email)");
  db.alter_column("users", "email").comment("where we write to");
  db.comment_table("users", "who signed up");
  db.change_enum("role", {"visitor", "admin"});
  db.rename_enum_value("role", "visitor", "guest");
}

void indexes_up(schema_editor& db) {
  db.add_index("users", {"age"}).concurrently();
  db.add_index("users", {"email"}).unique().concurrently();
}
void indexes_down(schema_editor& db) {
  db.drop_index("users", "ux_users_email", concurrently);
  db.drop_index("users", "ix_users_age", concurrently);
}

// What a migration does while it runs, as each test wants it.
std::function<void()> while_it_runs;
void busy_up(schema_editor& db) {
  db.run([](lease&) -> task<void> {
    while_it_runs();
    co_return;
  });
  db.add_column("users", "name").text().null();
}
void busy_down(schema_editor& db) { db.drop_column("users", "name"); }

// A value and code that uses it: PostgreSQL keeps one that was added from the transaction that added it.
void promote_up(schema_editor& db) {
  db.change_enum("role", {"guest", "owner", "admin"});
  db.run([](lease& connection) -> task<void> {
    co_await connection.execute("INSERT INTO users (email, role) VALUES ('ada@example.com', 'owner')");
  });
}
void promote_down(schema_editor& db) {
  db.run([](lease& connection) -> task<void> {
    co_await connection.execute("UPDATE users SET role = 'admin' WHERE role = 'owner'");
  });
  db.change_enum("role", {"guest", "admin"});
}

migration users() { return {"1_users", {}, &users_up, &users_down, "1.cpp"}; }
migration grow() { return {"2_grow", {"1_users"}, &grow_up, &grow_down, "2.cpp"}; }
migration indexes() { return {"2_indexes", {"1_users"}, &indexes_up, &indexes_down, "2.cpp"}; }
migration busy() { return {"2_busy", {"1_users"}, &busy_up, &busy_down, "2.cpp"}; }

migration promote() { return {"2_promote", {"1_users"}, &promote_up, &promote_down, "2.cpp"}; }

class postgres_migrations : public testing::Test {
protected:
  void SetUp() override {
    const char* given = std::getenv("TUPELO_TEST_POSTGRES");
    if (given == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES names no server";
    server_ = given;
    name_ = "migrations_" + uuid::v4().to_string().substr(0, 8);
    on_server("CREATE SCHEMA " + name_);
    db_ = std::make_unique<database>(url());
  }
  void TearDown() override {
    while_it_runs = nullptr;
    if (db_ == nullptr) return;
    db_.reset();
    on_server("SET client_min_messages = warning; DROP SCHEMA " + name_ + " CASCADE");
  }

  std::string url() const { return server_ + "&options=-csearch_path%3D" + name_; }
  void on_server(const std::string& sql) const {
    database server(server_, {.pool_size = 1, .run = execution::inline_});
    sync_wait(server.execute(sql));
  }
  database& db() { return *db_; }
  void execute(std::string sql) { sync_wait(db().execute(std::move(sql))); }
  std::int64_t number(std::string_view sql) { return sync_wait(db().raw_sql<std::int64_t>(sql).one()); }
  std::string text(std::string_view sql) { return sync_wait(db().raw_sql<std::string>(sql).one()); }

  static migrate::options patient(const history& all) {
    migrate::options opts(all);
    opts.lock_timeout_us = 20'000;
    opts.first_lock_backoff_us = 1'000;
    return opts;
  }
  migrate::report upgrade(const history& all) { return sync_wait(migrate::upgrade(db(), "head", patient(all))); }
  void expect_no_drift(const history& all) {
    for (const schema_operation& left : sync_wait(migrate::drift(db(), migrate::options(all)))) {
      ADD_FAILURE() << left.describe();
    }
  }
  std::string failure(const migrate::options& opts) {
    try {
      sync_wait(migrate::upgrade(db(), "head", opts));
    } catch (const migration_error& e) {
      EXPECT_EQ(e.code(), errc::migration_failed);
      return e.what();
    }
    ADD_FAILURE() << "nothing failed";
    return {};
  }

private:
  std::string server_, name_;
  std::unique_ptr<database> db_;
};

TEST_F(postgres_migrations, may_use_a_value_of_an_enum_that_they_have_just_added) {
  const history all({users(), promote()});
  upgrade(all);
  expect_no_drift(all);
  EXPECT_EQ(text("SELECT role::text FROM users"), "owner");
  sync_wait(migrate::downgrade(db(), "1_users", patient(all)));
  EXPECT_EQ(text("SELECT role::text FROM users"), "admin");
}

TEST_F(postgres_migrations, wait_no_longer_for_locks_as_scripts_than_as_programs) {
  const history all({users()});
  const auto planned = sync_wait(migrate::plan_upgrade(db(), "head", patient(all)));
  const std::vector<std::string>& script = planned.steps.at(0).statements;
  const auto begin = std::find_if(script.begin(), script.end(), [](auto& sql) { return sql.starts_with("BEGIN"); });
  ASSERT_LT(begin, script.end() - 1);
  EXPECT_NE(std::find(begin, script.end(), "SET LOCAL lock_timeout = 20"), script.end());
  migrate::options endless = patient(all);
  endless.lock_timeout_us = 0;
  const auto unlimited = sync_wait(migrate::plan_upgrade(db(), "head", endless));
  for (const std::string& sql : unlimited.steps.at(0).statements)
    EXPECT_EQ(sql.find("lock_timeout"), std::string::npos) << sql;
}

TEST_F(postgres_migrations, leave_what_they_recorded_and_take_it_back) {
  const history all({users(), grow()});
  upgrade(all);
  expect_no_drift(all);
  execute("INSERT INTO users (email) VALUES ('ada')");
  EXPECT_EQ(text("SELECT role::text || shouted FROM users"), "visitorADA!");
  sync_wait(migrate::downgrade(db(), "-1", migrate::options(all)));
  expect_no_drift(all);
  EXPECT_EQ(text("SELECT role::text || shouted FROM users"), "guestADA");
  sync_wait(migrate::downgrade(db(), "base", migrate::options(all)));
  EXPECT_EQ(
      number("SELECT count(*) FROM pg_type WHERE typname = 'role' AND typnamespace = current_schema()::regnamespace"),
      0);
}

TEST_F(postgres_migrations, indexes_are_built_and_dropped_concurrently) {
  const history all({users(), indexes()});
  upgrade(all);
  expect_no_drift(all);
  EXPECT_EQ(number("SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname IN "
                   "('ix_users_age', 'ux_users_email')"),
            2);
  sync_wait(migrate::downgrade(db(), "-1", migrate::options(all)));
  expect_no_drift(all);
}
TEST_F(postgres_migrations, a_concurrent_build_that_failed_goes_on_where_it_ended) {
  const history all({users(), indexes()});
  sync_wait(migrate::upgrade(db(), "1_users", migrate::options(all)));
  execute("DROP INDEX " + text("SELECT quote_ident(indexname) FROM pg_indexes WHERE schemaname = current_schema() AND "
                               "indexdef LIKE '%lower%'"));
  execute("INSERT INTO users (email) VALUES ('ada'), ('ada')");
  const std::string said = failure(patient(all));
  EXPECT_NE(said.find("stopped half-way"), std::string::npos) << said;
  EXPECT_EQ(number("SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 'users'::regclass"), 1);
  const auto built = number("SELECT 'ix_users_age'::regclass::oid::int8");
  execute("DELETE FROM users WHERE id = 2");
  upgrade(all);
  EXPECT_EQ(number("SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 'users'::regclass"), 0);
  EXPECT_EQ(number("SELECT 'ix_users_age'::regclass::oid::int8"), built) << "the first one was there already";
}
TEST_F(postgres_migrations, a_plan_builds_indexes_before_the_transaction_begins) {
  const history all({users(), indexes()});
  sync_wait(migrate::upgrade(db(), "1_users", migrate::options(all)));
  const auto planned = sync_wait(migrate::plan_upgrade(db(), "head", migrate::options(all)));
  const auto& statements = planned.steps.at(0).statements;
  const auto at = [&](std::string_view beginning) {
    return std::find_if(statements.begin(), statements.end(),
                        [&](const std::string& s) { return s.starts_with(beginning); });
  };
  EXPECT_LT(at("CREATE INDEX CONCURRENTLY"), at("BEGIN"));
}

/// Somebody reads the table in a transaction that stays open.
class reader {
public:
  explicit reader(const std::string& url)
      : db_(url, {.pool_size = 1, .run = execution::inline_}), held_(sync_wait(db_.acquire())) {
    sync_wait(held_.begin());
    sync_wait(held_.execute("SELECT count(*) FROM users"));
  }
  void stop() { sync_wait(held_.rollback()); }

private:
  database db_;
  lease held_;
};

TEST_F(postgres_migrations, a_migration_that_gets_no_lock_is_tried_again) {
  const history all({users(), busy()});
  sync_wait(migrate::upgrade(db(), "1_users", migrate::options(all)));
  reader other(url());
  int attempts = 0;
  while_it_runs = [&] {
    if (++attempts == 3) other.stop();
  };
  struct listener final : migrate::observer {
    void waiting(std::string_view revision, std::uint32_t attempt, std::int64_t backoff_us) override {
      heard += std::string(revision) + " " + std::to_string(attempt) + " " + std::to_string(backoff_us) + "; ";
    }
    std::string heard;
  } watch;
  migrate::options opts = patient(all);
  opts.watch = &watch;
  sync_wait(migrate::upgrade(db(), "head", opts));
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(watch.heard, "2_busy 2 1000; 2_busy 3 2000; ");
  expect_no_drift(all);
}
TEST_F(postgres_migrations, a_migration_that_gets_no_lock_at_all_leaves_nothing_behind) {
  const history all({users(), busy()});
  sync_wait(migrate::upgrade(db(), "1_users", migrate::options(all)));
  reader other(url());
  int attempts = 0;
  while_it_runs = [&] { ++attempts; };
  migrate::options opts = patient(all);
  opts.lock_retries = 2;
  const std::string said = failure(opts);
  EXPECT_NE(said.find("tried 3 times"), std::string::npos) << said;
  EXPECT_EQ(attempts, 3);
  other.stop();
  expect_no_drift(all);
  EXPECT_EQ(number("SELECT count(*) FROM tupelo_migration_lock"), 0);
}

TEST_F(postgres_migrations, the_lock_cannot_be_taken_over_in_the_middle_of_a_migration) {
  const history all({users(), busy()});
  sync_wait(migrate::upgrade(db(), "1_users", migrate::options(all)));
  bool taken = false;
  while_it_runs = [&] {
    database other(url(), {.pool_size = 1, .run = execution::inline_});
    lease held = sync_wait(other.acquire());
    sync_wait(held.execute("SET lock_timeout = '20ms'"));
    try {
      sync_wait(held.execute("DELETE FROM tupelo_migration_lock"));
      taken = true;
    } catch (const database_error& e) {
      EXPECT_EQ(e.sqlstate(), "55P03");
    }
  };
  upgrade(all);
  EXPECT_FALSE(taken);
}

TEST_F(postgres_migrations, concurrent_changes_are_refused_beside_others) {
  const auto mixed = [](schema_editor& db) {
    db.add_index("users", {"age"}).concurrently();
    db.add_column("users", "name").text().null();
  };
  const history all({users(), {"2_mixed", {"1_users"}, mixed, &nothing, "2.cpp"}});
  EXPECT_THROW(upgrade(all), migration_error);
  EXPECT_THROW(number("SELECT count(*) FROM users"), database_error) << "refused before anything was changed";
}

}  // namespace
}  // namespace tupelo::postgres
