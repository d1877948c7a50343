// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/migration.hpp>
#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/history.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace tupelo::postgres {

/// A schema of the test's own on the server of TUPELO_TEST_POSTGRES, which goes with it.
class own_schema : public testing::Test {
protected:
  void SetUp() override {
    const char* given = std::getenv("TUPELO_TEST_POSTGRES");
    if (given == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES names no server";
    server_ = given;
    name_ = "own_" + uuid::v4().to_string().substr(0, 8);
    on_server("CREATE SCHEMA " + name_);
    db_ = std::make_unique<database>(url());
  }
  void TearDown() override {
    if (db_ == nullptr) return;
    db_.reset();
    on_server("SET client_min_messages = warning; DROP SCHEMA " + name_ + " CASCADE");
  }

  database& db() { return *db_; }
  /// Of the schema.
  std::string url() const { return server_ + "&options=-csearch_path%3D" + name_; }
  void execute(std::string sql) { sync_wait(db().execute(std::move(sql))); }
  std::int64_t number(std::string_view sql) { return sync_wait(db().raw_sql<std::int64_t>(sql).one()); }
  std::string text(std::string_view sql) { return sync_wait(db().raw_sql<std::string>(sql).one()); }

  void upgrade(const history& all, std::string target = "head") {
    sync_wait(migrate::upgrade(db(), std::move(target), migrate::options(all)));
  }
  void downgrade(const history& all, std::string target) {
    sync_wait(migrate::downgrade(db(), std::move(target), migrate::options(all)));
  }
  /// What the upgrade says when it fails.
  std::string failure(const history& all) {
    try {
      upgrade(all);
    } catch (const migration_error& e) {
      return e.what();
    }
    ADD_FAILURE() << "nothing failed";
    return {};
  }
  void expect_no_drift(const history& all) {
    for (const schema_operation& left : sync_wait(migrate::drift(db(), migrate::options(all)))) {
      ADD_FAILURE() << left.describe();
    }
  }

private:
  void on_server(const std::string& sql) const {
    database server(server_, {.pool_size = 1, .run = execution::inline_});
    sync_wait(server.execute(sql));
  }
  std::string server_, name_;
  std::unique_ptr<database> db_;
};

}  // namespace tupelo::postgres
