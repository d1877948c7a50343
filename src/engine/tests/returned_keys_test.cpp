// SPDX-License-Identifier: Apache-2.0
// Databases whose driver reports no key of an inserted row: RETURNING brings it. SQLite stands for one.
#include "tupelo/engine/backend.hpp"
#include "tupelo/engine/database.hpp"
#include "tupelo/driver/sqlite/open.hpp"
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/sync_wait.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

class keyless_dialect final : public dialect {
public:
  std::string_view name() const noexcept override { return "keyless"; }
  const feature_table& features() const noexcept override { return table_; }
  const schema_dialect& schema() const noexcept override { return real().schema(); }
  std::string begin(const transaction_start& start) const override { return real().begin(start); }
  void placeholder(std::string& sql, std::uint32_t number, value_type value) const override {
    real().placeholder(sql, number, value);
  }

private:
  static const dialect& real() { return sqlite::dialect_instance(); }
  static feature_table features_without_keys() {
    feature_table table = real().features();
    table.last_insert_id = false;
    table.consecutive_ids = false;
    return table;
  }
  feature_table table_ = features_without_keys();
};

class keyless_connection final : public driver::connection {
public:
  explicit keyless_connection(std::unique_ptr<driver::connection> real) : real_(std::move(real)) {}
  bool runs_inline() const noexcept override { return true; }
  bool run(driver::request& request) noexcept override {
    const bool done = real_->run(request);
    request.last_insert_id = 0;
    return done;
  }
  void start(driver::request&) noexcept override {}
  void interrupt() noexcept override { real_->interrupt(); }
  void finish(driver::prepared_statement* statement) noexcept override { real_->finish(statement); }
  void release(driver::prepared_statement* statement) noexcept override { real_->release(statement); }
  bool usable() const noexcept override { return real_->usable(); }
  bool in_transaction() const noexcept override { return real_->in_transaction(); }

private:
  std::unique_ptr<driver::connection> real_;
};

class keyless_connector final : public connector {
public:
  task<std::unique_ptr<driver::connection>> connect(bool) override {
    std::unique_ptr<driver::connection> made =
        std::make_unique<keyless_connection>(driver::open_sqlite(settings_, true));
    co_return made;
  }
  std::uint32_t max_connections() const noexcept override { return 1; }
  bool wants_inline() const noexcept override { return true; }

private:
  driver::sqlite_settings settings_ = driver::sqlite_settings::parse(driver::url::parse("sqlite::memory:"));
};

struct Row {
  std::int64_t id{};
  int n{};
};

class returned_keys : public ::testing::Test {
protected:
  returned_keys() {
    static const bool registered = [] {
      register_backend(
          {"keyless",
           []() -> const dialect& {
             static const keyless_dialect instance;
             return instance;
           },
           [](const driver::url&) -> std::unique_ptr<connector> { return std::make_unique<keyless_connector>(); }});
      return true;
    }();
    static_cast<void>(registered);
    db.emplace("keyless://host/x");
    sync_wait(db->execute("CREATE TABLE rows (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER NOT NULL)"));
  }
  /// What is stored under the key that the object was given.
  int stored(const Row& row) { return sync_wait(db->get<Row>(row.id)).n; }
  void ignore_sevens() {
    sync_wait(db->execute("CREATE TRIGGER no_sevens BEFORE INSERT ON rows WHEN new.n = 7 "
                          "BEGIN SELECT RAISE(IGNORE); END"));
  }
  std::optional<database> db;
};

TEST_F(returned_keys, of_one_row) {
  Row row{.n = 3};
  sync_wait(db->insert(row));
  EXPECT_NE(row.id, 0);
  EXPECT_EQ(stored(row), 3);
}
TEST_F(returned_keys, of_a_temporary) {
  const Row row = sync_wait(db->insert(Row{.n = 4}));
  EXPECT_EQ(stored(row), 4);
}
TEST_F(returned_keys, of_many_rows_are_each_rows_own) {
  std::vector<Row> rows(300);
  for (int n = 0; n < 300; ++n) rows[static_cast<std::size_t>(n)].n = n;
  sync_wait(db->insert(rows));
  for (const Row& row : rows) EXPECT_EQ(stored(row), row.n);
}
TEST_F(returned_keys, keys_that_are_given_stay) {
  Row row{.id = 77, .n = 5};
  sync_wait(db->insert(row));
  EXPECT_EQ(row.id, 77);
  EXPECT_EQ(stored(row), 5);
}
TEST_F(returned_keys, a_row_that_a_trigger_leaves_out_is_told) {
  ignore_sevens();
  Row row{.n = 7};
  EXPECT_THROW(sync_wait(db->insert(row)), query_error);
  EXPECT_EQ(row.id, 0);
}
TEST_F(returned_keys, rows_that_a_trigger_leaves_out_are_told_and_nothing_is_kept) {
  ignore_sevens();
  std::vector<Row> rows{{.n = 1}, {.n = 7}, {.n = 2}};
  EXPECT_THROW(sync_wait(db->insert(rows)), query_error);
  EXPECT_EQ(sync_wait(db->query<Row>().count()), 0);
  for (const Row& row : rows) EXPECT_EQ(row.id, 0);
}

}  // namespace
}  // namespace tupelo
