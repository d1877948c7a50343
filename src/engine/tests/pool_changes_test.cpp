// SPDX-License-Identifier: Apache-2.0
// What observers hear of the pool's ability to serve.
#include "pool_test_case.hpp"

#include <vector>

namespace tupelo::detail {
namespace {

struct told {
  pool_change change{};
  std::string host;
  std::uint32_t waiting = 0;
  std::int64_t lasted_us = 0;
  bool failed = false;
};

class change_watch final : public statement_observer {
public:
  void pool_changed(const pool_event& event) noexcept override {
    all.push_back({event.change, std::string(event.host), event.waiting, event.lasted_us, event.failure != nullptr});
    if (asks != nullptr) static_cast<void>(asks->statistics());
  }
  std::vector<pool_change> kinds() const {
    std::vector<pool_change> found;
    for (const told& each : all) found.push_back(each.change);
    return found;
  }
  std::vector<told> all;
  connection_pool* asks = nullptr;
};

class pool_changes_told : public pool_test {
protected:
  connection_pool& make_watched() {
    make();
    pool->observers().add(watch);
    return *pool;
  }
  void lose_everything() {
    server.up = false;
    server.break_all();
  }
  change_watch watch;
};

using changes = std::vector<pool_change>;

TEST_F(pool_changes_told, when_the_server_is_down_once_however_often_it_is_tried) {
  make_watched();
  server.up = false;
  auto first = acquire();
  time.run_ready();
  EXPECT_THROW(first.result(), connection_error);
  for (int i = 0; i < 20; ++i) {
    auto next = acquire();
    time.advance_us(100 * ms);
    EXPECT_THROW(next.result(), connection_error);
  }
  EXPECT_EQ(watch.kinds(), changes{pool_change::server_down});
  EXPECT_TRUE(watch.all[0].failed) << "with the reason";
}
TEST_F(pool_changes_told, when_the_server_is_back_with_how_long_it_was_away) {
  make_watched();
  server.up = false;
  auto refused = acquire();
  time.run_ready();
  EXPECT_THROW(refused.result(), connection_error);
  server.up = true;
  time.advance_us(3 * second);
  give_back(hold());
  ASSERT_EQ(watch.kinds(), (changes{pool_change::server_down, pool_change::server_back}));
  EXPECT_EQ(watch.all[1].lasted_us, 3 * second);
}
TEST_F(pool_changes_told, how_many_waited) {
  options.pool_size = 1;
  make_watched();
  pooled_connection* const held = hold();
  auto one = acquire();
  auto two = acquire();
  lose_everything();
  EXPECT_THROW(run(held, "SELECT 1"), connection_error);
  give_back(held);
  EXPECT_THROW(one.result(), connection_error);
  EXPECT_THROW(two.result(), connection_error);
  ASSERT_EQ(watch.kinds(), changes{pool_change::server_down});
}
TEST_F(pool_changes_told, nothing_while_others_have_connections) {
  make_watched();
  pooled_connection* const held = hold();
  server.up = false;
  auto waiting = acquire();
  time.run_ready();
  EXPECT_FALSE(waiting.done());
  give_back(held);
  give_back(waiting.result());
  EXPECT_TRUE(watch.all.empty());
}
TEST_F(pool_changes_told, nothing_of_one_who_gave_up) {
  server.takes_to_open_us = 10 * second;
  options.acquire_timeout_us = 100 * second;
  make_watched();
  cancel_source giving_up;
  auto waiting = acquire(giving_up.token());
  giving_up.request_cancel();
  time.run_ready();
  EXPECT_THROW(waiting.result(), cancelled);
  EXPECT_TRUE(watch.all.empty());
}
TEST_F(pool_changes_told, without_the_lock_so_that_an_observer_may_ask) {
  watch.asks = &make_watched();
  server.up = false;
  auto refused = acquire();
  time.run_ready();
  EXPECT_THROW(refused.result(), connection_error);
  EXPECT_EQ(watch.all.size(), 1U);
}
TEST_F(pool_changes_told, when_the_circuit_of_a_host_opens_and_closes) {
  server.hosts = {{"one:5432"}, {"two:5432"}};
  make_watched();
  give_back(hold());
  EXPECT_TRUE(watch.all.empty());

  server.hosts[1].state = driver::circuit::open;
  pooled_connection* const held = hold();
  pooled_connection* const second_held = hold();
  ASSERT_EQ(watch.kinds(), changes{pool_change::circuit_opened});
  EXPECT_EQ(watch.all[0].host, "two:5432");
  EXPECT_FALSE(watch.all[0].failed) << "the other host was reached";

  server.hosts[1].state = driver::circuit::half_open;
  server.break_all();
  EXPECT_THROW(run(second_held, "SELECT 1"), connection_error);
  give_back(second_held);
  time.advance_us(second);
  pooled_connection* const third_held = hold();
  EXPECT_EQ(watch.all.size(), 1U) << "half open is not closed";

  server.hosts[1].state = driver::circuit::closed;
  EXPECT_THROW(run(held, "SELECT 1"), connection_error);
  give_back(held);
  pooled_connection* const last_held = hold();
  ASSERT_EQ(watch.kinds(), (changes{pool_change::circuit_opened, pool_change::circuit_closed}));
  EXPECT_EQ(watch.all[1].lasted_us, second);
  give_back(third_held);
  give_back(last_held);
}
TEST_F(pool_changes_told, a_circuit_before_the_server_where_no_host_is_left) {
  server.hosts = {{"one:5432"}};
  make_watched();
  server.up = false;
  server.hosts[0].state = driver::circuit::open;
  auto refused = acquire();
  time.run_ready();
  EXPECT_THROW(refused.result(), connection_error);
  ASSERT_EQ(watch.kinds(), (changes{pool_change::circuit_opened, pool_change::server_down}));
  EXPECT_TRUE(watch.all[0].failed);
}
TEST_F(pool_changes_told, when_load_is_shed_and_when_no_more) {
  options.pool_size = 1;
  options.acquire_timeout_us = 100 * second;
  options.queue_target_us = 10 * ms;
  options.queue_interval_us = 100 * ms;
  make_watched();
  pooled_connection* held = hold();
  std::vector<std::unique_ptr<started_task<pooled_connection*>>> queue;
  for (int i = 0; i < 20; ++i)
    queue.push_back(std::make_unique<started_task<pooled_connection*>>(pool->acquire(), context_));
  while (held != nullptr) {
    time.advance_us(50 * ms);
    give_back(std::exchange(held, nullptr));
    for (auto& each : queue) {
      if (!each || !each->done()) continue;
      try {
        held = each->result();
      } catch (const connection_error&) {  // shed
      }
      each.reset();
    }
  }
  give_back(hold());
  ASSERT_EQ(watch.kinds(), (changes{pool_change::shedding_began, pool_change::shedding_ended}));
  EXPECT_GT(watch.all[0].waiting, 0U);
}
TEST_F(pool_changes_told, by_names_for_logs) {
  EXPECT_EQ(name_of(pool_change::server_down), "server_down");
  EXPECT_EQ(name_of(pool_change::server_back), "server_back");
  EXPECT_EQ(name_of(pool_change::circuit_opened), "circuit_opened");
  EXPECT_EQ(name_of(pool_change::circuit_closed), "circuit_closed");
  EXPECT_EQ(name_of(pool_change::shedding_began), "shedding_began");
  EXPECT_EQ(name_of(pool_change::shedding_ended), "shedding_ended");
}

}  // namespace
}  // namespace tupelo::detail
