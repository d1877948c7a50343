// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/failure_of.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/dialect/dialect.hpp>

#include <gtest/gtest.h>
#include <tupelo/create_tables.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::conformance {

/// A database of the test's own: empty at first, gone at the end.
class fresh_database {
public:
  virtual ~fresh_database() = default;
  virtual std::string url() const = 0;
};

/// One database under test, in one way of running it. Add a line to `backends()` and every test of this folder runs on
/// it.
struct backend {
  std::string name;
  std::unique_ptr<fresh_database> (*make)();
  bool several_connections;  ///< more than one connection sees the data
  execution run;
  /// Null: always. Tests are listed before servers are started, so it is asked when a test runs.
  bool (*available)() = nullptr;

  friend void PrintTo(const backend& tested, std::ostream* out) { *out << tested.name; }
};
const std::vector<backend>& backends();

/// What ways of running a database do not all have.
enum class trait : std::uint8_t {
  several_connections,   ///< more than one connection sees the data
  suspended_statements,  ///< a statement that runs leaves the thread to others
  own_connection,        ///< no pooler of transactions stands in between
};

/// A test that runs on every database. What a database lacks is skipped by TUPELO_NEEDS and TUPELO_NEEDS_NO, which ask
/// its feature table and its way of running, and by nothing else.
class conformance_test : public ::testing::TestWithParam<backend> {
protected:
  conformance_test()
      : place_(is_available() ? GetParam().make() : make_stand_in()),
        db(url(), {.run = GetParam().run, .detect_n_plus_one = 0}) {  // tests repeat themselves
    if (!is_available()) {
      may_skip_ = true;
      skip();
    }
  }

  const feature_table& features() const { return db.sql_dialect().features(); }
  std::string url() const { return place_->url(); }

  void TearDown() override {
    if (IsSkipped() && !may_skip_) ADD_FAILURE() << "skipped without TUPELO_NEEDS: say which feature is missing";
  }
  bool has(bool feature_table::* feature) const { return features().*feature; }
  bool has(trait wanted) const {
    switch (wanted) {
      case trait::several_connections: return GetParam().several_connections;
      case trait::suspended_statements: return GetParam().run != execution::inline_;
      case trait::own_connection:
        return url().find("prepare=unnamed") == std::string::npos && url().find("pooler=") == std::string::npos;
    }
    return false;
  }
  template <class What>
  bool lacks(What wanted) {
    may_skip_ = may_skip_ || !has(wanted);
    return !has(wanted);
  }
  template <class What>
  bool must_lack(What wanted) {
    may_skip_ = may_skip_ || has(wanted);
    return has(wanted);
  }

  /// Makes the tables of these models.
  template <class... Models>
  void create() {
    sync_wait(tupelo::create_tables<Models...>(db));
  }

private:
  /// For a test that is skipped: its class has been told so and is made to the end nevertheless.
  static std::unique_ptr<fresh_database> make_stand_in();
  static bool is_available() { return GetParam().available == nullptr || GetParam().available(); }
  static void skip() {
    GTEST_SKIP() << GetParam().name << " does not run: ctest starts it, or set TUPELO_TEST_POSTGRES to its URL";
  }
  std::unique_ptr<fresh_database> place_;
  bool may_skip_ = false;

protected:
  database db;
};

/// Runs a coroutine to its end; gtest's own macros cannot be used in coroutines that must not `return`.
template <class Coroutine>
auto run(Coroutine coroutine) {
  return sync_wait(coroutine());
}

using test_support::failure_of;

}  // namespace tupelo::conformance

/// `TUPELO_NEEDS(&feature_table::upsert);`: the test runs where the database has this feature or trait only.
#define TUPELO_NEEDS(what) \
  if (lacks(what)) GTEST_SKIP() << "this database lacks " #what
/// The other way round: the test is about databases without it.
#define TUPELO_NEEDS_NO(what) \
  if (must_lack(what)) GTEST_SKIP() << "this database has " #what

/// A suite whose tests run on every database: TEST_P(name, rule_as_snake_case).
#define TUPELO_CONFORMANCE_SUITE(suite)                                                                   \
  INSTANTIATE_TEST_SUITE_P(every_database, suite, ::testing::ValuesIn(::tupelo::conformance::backends()), \
                           [](const auto& tested) { return tested.param.name; })
