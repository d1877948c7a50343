// SPDX-License-Identifier: Apache-2.0
// What observers hear of connections.
#include "pool_test_case.hpp"

#include "tupelo/core/observer.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace tupelo::detail {
namespace {

/// `opened 1`, `closed 1 idle` … in the order in which they were told.
class connection_log final : public statement_observer {
public:
  void connection_opened(const connection_event& e) noexcept override { add("opened", e); }
  void connection_failed(const connection_event& e) noexcept override { add("failed", e); }
  void connection_waited(const connection_event& e) noexcept override { add("waited", e); }
  void connection_acquired(const connection_event& e) noexcept override { add("acquired", e); }
  void connection_returned(const connection_event& e) noexcept override { add("returned", e); }
  void connection_closed(const connection_event& e) noexcept override {
    constexpr const char* reasons[] = {" broken", " idle_too_long", " too_old", " not_needed", " pool_closed"};
    add("closed", e, reasons[static_cast<std::size_t>(e.reason)]);
  }
  std::vector<std::string> take() { return std::exchange(said, {}); }

  std::vector<std::string> said;
  std::vector<std::int64_t> durations;

private:
  void add(std::string what, const connection_event& e, const char* more = "") {
    if (e.number != 0) what += " " + std::to_string(e.number);
    what += more;
    if (e.failure) what += " in vain";
    said.push_back(std::move(what));
    durations.push_back(e.duration_us);
  }
};

using said = std::vector<std::string>;

class pool_observing : public pool_test {
protected:
  void watch() { make().observe(log); }
  connection_log log;
};

TEST_F(pool_observing, tells_of_the_life_of_a_connection) {
  server.takes_to_open_us = 30 * ms;
  watch();
  auto first = acquire();
  time.advance_us(30 * ms);
  time.advance_us(100 * ms);
  give_back(first.result());
  EXPECT_EQ(log.said, (said{"opened 1", "waited 1", "acquired 1", "returned 1"}));
  EXPECT_EQ(log.durations, (std::vector<std::int64_t>{30 * ms, 30 * ms, 0, 100 * ms}));
}
TEST_F(pool_observing, tells_of_every_use) {
  watch();
  give_back(hold());
  log.take();
  give_back(hold());
  EXPECT_EQ(log.take(), (said{"acquired 1", "returned 1"}));
  pooled_connection* const now = pool->try_acquire(context_);
  ASSERT_NE(now, nullptr);
  give_back(now);
  EXPECT_EQ(log.take(), (said{"acquired 1", "returned 1"}));
}
TEST_F(pool_observing, tells_who_waited_and_who_waited_in_vain) {
  options.pool_size = 1;
  watch();
  pooled_connection* const held = hold();
  auto patient = acquire();
  auto hasty = acquire({}, deadline::after_us(100 * ms, time.now_us()));
  log.take();
  time.advance_us(100 * ms);
  EXPECT_EQ(log.take(), (said{"waited in vain"}));
  give_back(held);
  EXPECT_EQ(log.take(), (said{"returned 1", "waited 1", "acquired 1"}));
  give_back(patient.result());
  EXPECT_THROW(hasty.result(), timed_out);
}
TEST_F(pool_observing, tells_of_failed_attempts_to_open) {
  server.up = false;
  watch();
  auto vain = acquire();
  time.run_ready();
  EXPECT_THROW(vain.result(), connection_error);
  EXPECT_EQ(log.take(), (said{"failed in vain", "waited in vain"}));
}
TEST_F(pool_observing, says_why_a_connection_was_closed) {
  options.pool_size = 1;
  options.max_overflow = 1;
  options.idle_timeout_us = 100 * second;
  watch();
  pooled_connection* const one = hold();
  pooled_connection* const two = hold();
  log.take();
  give_back(two);
  EXPECT_EQ(log.take(), (said{"returned 2", "closed 2 not_needed"}));
  give_back(one);
  log.take();
  time.advance_us(100 * second);
  EXPECT_EQ(log.take(), said{"closed 1 idle_too_long"});
  pooled_connection* const three = hold();
  server.break_all();
  EXPECT_THROW(run(three, "SELECT 1"), connection_error);
  log.take();
  give_back(three);
  EXPECT_EQ(log.take(), (said{"returned 3", "closed 3 broken"}));
  give_back(hold());
  log.take();
  pool->begin_close();
  EXPECT_EQ(log.take(), said{"closed 4 pool_closed"});
}
TEST_F(pool_observing, that_a_connection_is_closed_comes_before_the_end_of_close) {
  struct closing_watch final : statement_observer {
    void connection_closed(const connection_event&) noexcept override { told(); }
    std::function<void()> told;
  } watching;
  make().observe(watching);
  pooled_connection* const held = hold();
  pool->begin_close();
  auto early = time.start(pool->wait_until_empty());
  std::optional<started_task<void>> late;
  int times = 0;
  watching.told = [&] {
    ++times;
    EXPECT_TRUE(server.open.empty());
    late.emplace(pool->wait_until_empty(), context_);
    time.run_ready();
    EXPECT_FALSE(early.done());
    EXPECT_FALSE(late->done());
  };
  pool->give_back(held);
  time.run_ready();
  EXPECT_EQ(times, 1);
  EXPECT_TRUE(early.done());
  EXPECT_TRUE(late && late->done());
}
TEST_F(pool_observing, says_that_a_connection_was_too_old) {
  options.max_lifetime_us = 10 * second;
  watch();
  pooled_connection* const held = hold();
  time.advance_us(10 * second);
  log.take();
  give_back(held);
  EXPECT_EQ(log.take(), (said{"returned 1", "closed 1 too_old"}));
}
TEST_F(pool_observing, tells_nothing_at_the_end_of_the_pool) {
  watch();
  give_back(hold());
  log.take();
  pool.reset();
  EXPECT_EQ(log.take(), said{});
}
TEST_F(pool_observing, tells_nothing_of_a_use_that_began_before) {
  make();
  pooled_connection* const held = hold();
  pool->observe(log);
  give_back(held);
  EXPECT_EQ(log.take(), said{});
  give_back(hold());
  EXPECT_EQ(log.take(), (said{"acquired 1", "returned 1"}));
}
TEST_F(pool_observing, tells_of_a_connection_that_was_free_before) {
  make();
  give_back(hold());
  pool->observe(log);
  give_back(hold());
  EXPECT_EQ(log.take(), (said{"acquired 1", "returned 1"}));
}
TEST_F(pool_observing, is_not_pressure) {
  watch();
  give_back(hold());
  EXPECT_FALSE(pool->is_pressed());
}

}  // namespace
}  // namespace tupelo::detail
