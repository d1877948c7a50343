// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/core/as_result.hpp>
#include <tupelo/core/asio.hpp>
#include <tupelo/core/when_all.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <thread>

namespace {

using namespace std::chrono_literals;

tp::task<std::int64_t> count_users(tp::database& db) { co_return co_await db.query<User>().count(); }

tp::task<bool> is_member(tp::database& db, std::int64_t id) {
  auto user = co_await db.find<User>(id);
  co_return user && user->role != Role::guest;
}

tp::task<void> side_by_side(tp::database& db) {
  auto [users, member] = co_await tp::when_all(count_users(db), is_member(db, 1));
  EXPECT_EQ(users, 2);
  EXPECT_TRUE(member);
}

tp::task<void> by_then(tp::database& db) {
  auto users = co_await tp::with_deadline(db.query<User>().count(), tp::deadline::after(500ms));  // else tp::timed_out
  EXPECT_EQ(users, 2);
}

tp::task<void> without_exceptions(tp::database& db) {
  auto found = co_await tp::as_result(db.get<User>(999));
  if (!found && found.error().code() == tp::errc::not_found) {
    auto added = co_await tp::as_result(db.insert(User{.email = "ada@example.com"}));
    if (auto* taken = added.error().as<tp::unique_violation>()) EXPECT_EQ(taken->table(), "users");
  }
}

boost::asio::awaitable<void> handle_request(tp::database& db) {
  auto users = co_await tp::to_asio(count_users(db));  // on this coroutine's executor
  EXPECT_EQ(users, 2);
}

void from_an_event_loop(tp::database& db) {
  boost::asio::io_context loop;
  tp::spawn(loop, count_users(db), [](std::exception_ptr failure, std::int64_t users) {
    EXPECT_FALSE(failure);
    EXPECT_EQ(users, 2);
  });
  boost::asio::co_spawn(loop, handle_request(db), boost::asio::detached);
  loop.run();
}

void from_another_thread(tp::database& db) {
  tp::cancel_source stop;
  std::jthread signal([&] { stop.request_cancel(); });
  try {
    auto forever = db.raw_sql<std::int64_t>(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
    tp::sync_wait(tp::task<std::int64_t>(forever.one()), {stop.token()});
  } catch (const tp::cancelled&) {  // the statement was interrupted; the connection is fine
  }
}

class slow_statements final : public tp::statement_observer {
public:
  void statement_finished(const tp::statement_event& event) noexcept override {
    if (event.duration_us > 100'000)
      std::fprintf(stderr, "slow: %.*s\n", int(event.statement.size()), event.statement.data());
    ++seen;
  }
  int seen = 0;
};

}  // namespace

TEST(guide_of_async, runs_as_it_says) {
  slow_statements observer;
  example::filled_database example;
  example.db.observe(observer);
  EXPECT_EQ(tp::sync_wait(count_users(example.db)), 2);
  tp::sync_wait(side_by_side(example.db));
  tp::sync_wait(by_then(example.db));
  tp::sync_wait(without_exceptions(example.db));
  EXPECT_GT(observer.seen, 4);
}
TEST(guide_of_async, meets_event_loops_and_threads_as_it_says) {
  example::filled_database example;
  from_an_event_loop(example.db);
  from_another_thread(example.db);
}
