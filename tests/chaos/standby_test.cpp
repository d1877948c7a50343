// SPDX-License-Identifier: Apache-2.0
// target_session_attrs with a primary and the standby that it streams to.
#include "private_server.hpp"
#include "watchdog.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace tupelo::chaos {
namespace {

class standby : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    if (std::getenv("TUPELO_TEST_POSTGRES") == nullptr) return;
    leader = std::make_unique<private_server>();
    follower = std::make_unique<private_server>(private_server::follower_of{*leader});
  }
  static void TearDownTestSuite() {
    follower.reset();
    leader.reset();
  }
  void SetUp() override {
    if (follower == nullptr)
      GTEST_SKIP() << "TUPELO_TEST_POSTGRES is not set: where ctest starts servers, this starts one too";
  }
  static std::string standby_folder() { return follower->host(); }
  static std::string primary_folder() { return leader->host(); }

  /// Whether the server that is found is in recovery. Errors: connection_error.
  static bool finds_standby(const std::string& folders, const std::string& wanted) {
    database db("postgresql://tupelo@/postgres?host=" + folders + "&target_session_attrs=" + wanted,
                {.pool_size = 1, .run = execution::inline_});
    return sync_wait(db.raw_sql<bool>("SELECT pg_is_in_recovery()").one());
  }
  static std::string refusal(const std::string& folders, const std::string& wanted) {
    try {
      finds_standby(folders, wanted);
    } catch (const connection_error& e) {
      EXPECT_EQ(e.code(), errc::connection_failed) << e.what();
      return e.what();
    }
    ADD_FAILURE() << "not refused: " << wanted;
    return {};
  }

  static inline std::unique_ptr<private_server> leader;
  static inline std::unique_ptr<private_server> follower;
  watchdog guard{120};
};

TEST_F(standby, is_passed_over_by_who_writes) {
  const std::string both = standby_folder() + "," + primary_folder();
  EXPECT_FALSE(finds_standby(both, "read-write"));
  EXPECT_FALSE(finds_standby(both, "primary"));
  EXPECT_TRUE(finds_standby(both, "any"));
}
TEST_F(standby, is_found_by_who_reads) {
  const std::string both = primary_folder() + "," + standby_folder();
  EXPECT_TRUE(finds_standby(both, "read-only"));
  EXPECT_TRUE(finds_standby(both, "standby"));
  EXPECT_TRUE(finds_standby(both, "prefer-standby"));
  EXPECT_FALSE(finds_standby(both, "any"));
}
TEST_F(standby, that_is_preferred_may_be_missing) { EXPECT_FALSE(finds_standby(primary_folder(), "prefer-standby")); }
TEST_F(standby, that_is_missing_or_the_only_one_is_said) {
  EXPECT_NE(refusal(primary_folder(), "standby").find("pg15"), std::string::npos);
  refusal(standby_folder(), "primary");
  refusal(standby_folder(), "read-write");
}
TEST_F(standby, refuses_to_write) {
  database db(follower->url(), {.pool_size = 1, .run = execution::inline_});
  try {
    sync_wait(db.execute("CREATE TABLE x (id int)"));
    ADD_FAILURE() << "it wrote";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::read_only);
  }
}
TEST_F(standby, a_primary_whose_sessions_only_read_is_no_standby_but_read_only) {
  const std::string name = "reads_" + std::to_string(reinterpret_cast<std::uintptr_t>(this) % 1'000'000'007);
  database control("postgresql://tupelo@/postgres?host=" + primary_folder(),
                   {.pool_size = 1, .run = execution::inline_});
  sync_wait(control.execute("CREATE ROLE " + name + " LOGIN; ALTER ROLE " + name +
                            " SET default_transaction_read_only = on"));
  const auto finds = [&](const char* wanted) {
    database db("postgresql://" + name + "@/postgres?host=" + primary_folder() + "&target_session_attrs=" + wanted,
                {.pool_size = 1, .run = execution::inline_});
    try {
      sync_wait(db.ping());
      return true;
    } catch (const connection_error&) {
      return false;
    }
  };
  EXPECT_TRUE(finds("read-only"));
  EXPECT_FALSE(finds("read-write"));
  EXPECT_TRUE(finds("primary"));
  EXPECT_FALSE(finds("standby"));
  sync_wait(control.execute("DROP ROLE " + name));
}

}  // namespace
}  // namespace tupelo::chaos
