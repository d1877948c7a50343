// SPDX-License-Identifier: Apache-2.0
// A statement is rendered once per shape and never again.
#include "connection_pool.hpp"

#include "tupelo/engine/verbs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <string>

namespace tupelo {
namespace {

/// Renders like any other, and every SELECT's limit goes through here: it counts how often.
class counting_dialect final : public dialect {
public:
  std::string_view name() const noexcept override { return "counting"; }
  const feature_table& features() const noexcept override { return table_; }
  const schema_dialect& schema() const noexcept override { std::terminate(); }
  std::string begin(const transaction_start&) const override { return "BEGIN"; }
  void placeholder(std::string& sql, std::uint32_t, value_type) const override {
    ++placeholders;
    sql += '?';
  }
  mutable std::atomic<int> placeholders{0};

private:
  feature_table table_{};
};

counting_dialect& the_dialect() {
  static counting_dialect instance;
  return instance;
}

/// Prepares on the first run of a statement and remembers nothing else.
class idle_connection final : public driver::connection {
public:
  bool runs_inline() const noexcept override { return true; }
  bool run(driver::request& request) noexcept override {
    if (request.prepared && !*request.prepared) {
      ++prepared;
      *request.prepared = reinterpret_cast<driver::prepared_statement*>(this);
    }
    return true;
  }
  void start(driver::request&) noexcept override {}
  void interrupt() noexcept override {}
  void finish(driver::prepared_statement*) noexcept override {}
  void release(driver::prepared_statement*) noexcept override {}
  bool usable() const noexcept override { return true; }
  bool in_transaction() const noexcept override { return false; }
  static inline int prepared = 0;
};

class idle_connector final : public connector {
public:
  task<std::unique_ptr<driver::connection>> connect(bool) override {
    std::unique_ptr<driver::connection> made = std::make_unique<idle_connection>();
    co_return made;
  }
  std::uint32_t max_connections() const noexcept override { return 0; }
  bool wants_inline() const noexcept override { return true; }
};

struct Row {
  std::int64_t id{};
  int n{};
};

class plan_reuse : public ::testing::Test {
protected:
  plan_reuse() {
    static const bool registered = [] {
      register_backend(
          {"idle", []() -> const dialect& { return the_dialect(); },
           [](const driver::url&) -> std::unique_ptr<connector> { return std::make_unique<idle_connector>(); }});
      return true;
    }();
    static_cast<void>(registered);
    db.emplace("idle://host/x");
    the_dialect().placeholders = 0;
    idle_connection::prepared = 0;
  }
  void find(int n) { sync_wait(db->query<Row>().where(col<&Row::n> == n).all()); }
  std::optional<database> db;
};

TEST_F(plan_reuse, a_known_shape_is_neither_rendered_nor_prepared_again) {
  for (int n = 0; n < 10; ++n) find(n);
  EXPECT_EQ(the_dialect().placeholders, 1);
  EXPECT_EQ(idle_connection::prepared, 1);
}
TEST_F(plan_reuse, another_shape_is_rendered_once) {
  for (int n = 0; n < 10; ++n) {
    find(n);
    sync_wait(db->query<Row>().where(col<&Row::n> > n).all());
  }
  EXPECT_EQ(the_dialect().placeholders, 2);
  EXPECT_EQ(idle_connection::prepared, 2);
}
TEST_F(plan_reuse, connections_share_what_was_rendered_and_prepare_each_for_themselves) {
  lease first = sync_wait(db->acquire());
  lease second = sync_wait(db->acquire());
  for (lease* held : {&first, &second}) sync_wait(held->query<Row>().where(col<&Row::n> == 1).all());
  EXPECT_EQ(the_dialect().placeholders, 1);
  EXPECT_EQ(idle_connection::prepared, 2);
}

}  // namespace
}  // namespace tupelo
