// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/core/sleep.hpp>

#include <chrono>
#include <cstdio>
#include <string>

namespace {

using namespace std::chrono_literals;

tp::database open() {
  return tp::database("sqlite:///app.db", {.pool_size = 20, .acquire_timeout_us = 2'000'000, .max_overflow = 5});
}

tp::task<std::string> health_check(tp::database& db) {
  auto health = co_await tp::with_deadline(db.health(), tp::deadline::after(1s));
  co_return health.to_json();  // {"status":"up","connections":4,"in_use":1,"idle":3,"waiting":0,"latency_ms":0.213}
}

class leak_alarm final : public tp::statement_observer {
public:
  void lease_overdue(const tp::lease_event& event) noexcept override {
    std::fprintf(stderr, "%.*s:%u holds a connection for %lld ms\n", int(event.file.size()), event.file.data(),
                 event.line, static_cast<long long>(event.held_us / 1000));
  }
};

class pool_log final : public tp::statement_observer {
public:
  void pool_changed(const tp::pool_event& event) noexcept override {
    const std::string_view what = name_of(event.change);  // server_down, shedding_began …
    std::fprintf(stderr, "%.*s %.*s, %u wait\n", int(what.size()), what.data(), int(event.host.size()),
                 event.host.data(), event.waiting);
  }
};

tp::task<void> maintenance(tp::database& db) {
  db.suspend();  // who needs a connection waits from here on
  co_await tp::sleep_for(1ms);
  db.resume();
}

class connection_log final : public tp::statement_observer {
public:
  void connection_waited(const tp::connection_event& event) noexcept override {
    if (event.failure || event.duration_us > 100'000) std::fprintf(stderr, "the pool is too small\n");
  }
  void connection_closed(const tp::connection_event& event) noexcept override {
    if (event.reason == tp::close_reason::broken)
      std::fprintf(stderr, "connection %llu broke\n", static_cast<unsigned long long>(event.number));
  }
};

tp::task<bool> shut_down(tp::database& db) {
  try {
    co_await db.close(tp::deadline::after(10s));
    co_return true;
  } catch (const tp::timed_out& e) {  // 2 of 2 are in use …
    std::fprintf(stderr, "%s\n", e.what());
    co_return false;
  }
}

tp::task<void> pay(tp::database& db, std::int64_t id) {
  co_await db.transaction(
      [&](tp::session& s) -> tp::task<void> {
        auto user = co_await s.get<User>(id);
        user->age = 37;
        s.after_commit([id] { std::printf("user %lld was changed\n", static_cast<long long>(id)); });
      },
      {.max_attempts = 10, .level = tp::isolation::serializable});
}

tp::task<void> add_once(tp::database& db, std::string email) {
  co_await db.transaction(
      [&](tp::session& s) -> tp::task<void> {
        s.add(User{.email = email});
        co_return;
      },
      {},
      [&]() -> tp::task<bool> {  // asked when the connection was lost during COMMIT
        co_return co_await db.query<User>().where(tp::col<&User::email> == email).exists();
      });
}

}  // namespace

TEST(guide_of_the_pool, runs_as_it_says) {
  tp::database closed = open();
  EXPECT_EQ(closed.statistics().connections, 0U);
  leak_alarm observer;
  connection_log connections;
  pool_log changes;
  example::filled_database example;
  example.db.observe(observer);
  example.db.observe(connections);
  example.db.observe(changes);
  EXPECT_TRUE(tp::sync_wait(health_check(example.db)).starts_with(R"({"status":"up","connections":1,"in_use":0)"));
  tp::sync_wait(maintenance(example.db));
  tp::sync_wait(pay(example.db, 1));
  tp::sync_wait(add_once(example.db, "grace@example.com"));
  EXPECT_TRUE(tp::sync_wait(shut_down(example.db)));
}
