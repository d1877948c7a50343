// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_server.hpp"

#include "tupelo/engine/verbs.hpp"
#include "tupelo/query/raw_term.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tupelo::detail {

using testkit::manual_scheduler;
using testkit::started_task;

inline constexpr std::int64_t ms = 1'000;
inline constexpr std::int64_t second = 1'000 * ms;

/// A pool on a server and a clock that do what the test says.
class pool_test : public ::testing::Test {
protected:
  pool_test() {
    fake_server::current() = &server;
    options.pool_size = 2;
    options.acquire_timeout_us = second;
    options.idle_timeout_us = 0;
    options.keepalive_interval_us = 0;
    options.max_lifetime_us = 0;
  }
  ~pool_test() override {
    if (!pool) return;
    pool->observers().end();  // those of the test are gone
    pool->begin_close();
    time.run_ready();
    pool.reset();
  }

  connection_pool& make() {
    pool.emplace(driver::url::parse("fake://host/x"), fake_backend(), options, time);
    return *pool;
  }
  started_task<pooled_connection*> acquire(cancel_token token = {}, deadline until = {}) {
    return time.start(pool->acquire(), std::move(token), until);
  }
  pooled_connection* hold() {
    auto taken = acquire();
    time.run_ready();
    return taken.result();
  }
  void give_back(pooled_connection* connection) {
    pool->give_back(connection);
    time.run_ready();
  }
  void run(pooled_connection* on, std::string script) {
    auto ran = time.start(on->execute(std::move(script)));
    time.run_ready();
    ran.result();
  }
  template <class Error, class T>
  static Error failure_of(started_task<T>& ended) {
    try {
      static_cast<void>(ended.result());
    } catch (const Error& e) {
      return e;
    }
    throw std::logic_error("no failure");
  }

  fake_server server;
  manual_scheduler time;
  task_context context_{time, {}, {}};
  database_options options;
  std::optional<connection_pool> pool;
};

using pool_acquiring = pool_test;
using pool_opening = pool_test;
using pool_checking = pool_test;
using pool_cleaning = pool_test;
using pool_idling = pool_test;
using pool_suspending = pool_test;
using pool_closing = pool_test;
using pool_shedding = pool_test;
using pool_leases = pool_test;
using pool_retrying = pool_test;

struct Row {
  std::int64_t id{};
  static void model(tupelo::model<Row>& m) { m.table("rows"); }
};

}  // namespace tupelo::detail
