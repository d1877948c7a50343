// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fault_proxy.hpp"
#include "watchdog.hpp"

#include <tupelo/tupelo.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tupelo::chaos {

/// What the tests write.
struct Entry {
  std::int64_t id{};
  std::string run{};
  std::string text{};

  static void model(tupelo::model<Entry>& m) { m.table("entries"); }
};

/// How a program uses a database.
enum class way : std::uint8_t {
  event_loop,  ///< tasks spawned on an io_context
  worker,      ///< sync_wait, with the sockets watched in the background
  blocking,    ///< execution::inline_
};
std::string name_of(way);

/// A schema of the test's own on the server of TUPELO_TEST_POSTGRES, and a proxy before that server.
class scene : public ::testing::Test {
public:
  static execution execution_of(way how) { return how == way::blocking ? execution::inline_ : execution::worker; }
  /// Runs one task the way it says.
  static void run(way how, task<void> work);

protected:
  void SetUp() override;
  void TearDown() override;

  /// Through a gate, as a user whom the server trusts, or asks for SCRAM.
  std::string url_through(const fault_proxy::gate& gate, bool scram = false, bool tls = false) const;
  /// Straight to the server.
  std::string url() const;

  /// Runs `work(0)` … `work(count - 1)`, several at a time.
  void for_each(way how, std::size_t count, const std::function<task<void>(std::size_t)>& work);

  /// Sessions of this test on the server, besides the test's own view of it.
  task<std::int64_t> sessions();
  /// Waits until there is none any more.
  void expect_no_sessions();
  /// Waits until the condition, an expression over pg_stat_activity, holds for one of this test's sessions.
  task<void> until_a_session(std::string_view condition);
  /// Ends those of this test's sessions that the condition holds for.
  task<void> terminate(std::string_view condition = "true");

  /// The database as it is; it does not go through the proxy.
  std::unique_ptr<database> control;
  std::unique_ptr<fault_proxy> proxy;
  std::unique_ptr<watchdog> guard;

private:
  std::string server_;
  std::string schema_;
  std::uint16_t port_ = 0;
};

/// Expects that the work fails with a typed error, and returns its code.
errc failure_code(const std::function<void()>& work);

/// Expects that the database gives right answers, on a connection without an open transaction, and holds none back.
/// Errors are taken for a while, wrong results never.
task<void> expect_recovered(database& db, std::string name);

}  // namespace tupelo::chaos
