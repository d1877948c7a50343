// SPDX-License-Identifier: Apache-2.0
// A listener whose connection is lost says so, and listens again.
#include "scene.hpp"

#include <tupelo/core/deadline.hpp>

#include <optional>

namespace tupelo::chaos {
namespace {

class lost_listener : public scene, public ::testing::WithParamInterface<way> {
protected:
  static constexpr std::int64_t ample_us = 30'000'000;

  database_options options() const {
    return {.run = execution_of(GetParam()), .keepalive_interval_us = 50'000, .first_backoff_us = 1'000};
  }
  static task<notification> next(listener& heard) {
    return with_deadline(heard.next(), deadline{steady_now_us() + ample_us});
  }
  /// Hears a gap first, as often as the connection is lost again, and then what is sent.
  task<void> expect_gap(listener& heard) {
    EXPECT_TRUE((co_await next(heard)).is_gap());
    co_await control->notify(channel, "after the gap");
    notification heard_now = co_await next(heard);
    EXPECT_EQ(heard_now.payload, "after the gap");
  }
  std::string channel = "c" + uuid::v4().to_string().substr(0, 18);
};

TEST_P(lost_listener, hears_of_a_gap_when_its_session_is_terminated) {
  run(GetParam(), [&]() -> task<void> {
    database db(url(), options());
    auto heard = co_await db.listen(channel);
    for (int i = 0; i < 3; ++i) {
      co_await terminate();
      co_await expect_gap(heard);
    }
    EXPECT_EQ(db.statistics().listening, 1U);
  }());
}
TEST_P(lost_listener, hears_of_a_gap_when_it_is_cut) {
  run(GetParam(), [&]() -> task<void> {
    fault_proxy::gate gate(*proxy);
    database db(url_through(gate), options());
    auto heard = co_await db.listen(channel);
    gate.cut();
    co_await expect_gap(heard);
  }());
}
TEST_P(lost_listener, notices_that_nobody_answers_any_more) {
  run(GetParam(), [&]() -> task<void> {
    std::size_t answers = 0;
    {
      fault_proxy::gate gate(*proxy);
      database db(url_through(gate), options());
      auto heard = co_await db.listen(channel);
      answers = gate.messages(sender::server);
    }
    fault_proxy::gate gate(*proxy, {fault::stall, sender::server, answers});
    database db(url_through(gate), options());
    auto heard = co_await db.listen(channel);
    co_await expect_gap(heard);
  }());
}
TEST_P(lost_listener, gives_up_at_its_deadline_while_the_server_is_away) {
  run(GetParam(), [&]() -> task<void> {
    std::optional<fault_proxy::gate> gate(std::in_place, *proxy);
    database db(url_through(*gate), options());
    auto heard = co_await db.listen(channel);
    gate.reset();
    try {
      co_await with_deadline(heard.next(), deadline{steady_now_us() + 50'000});
      ADD_FAILURE() << "nobody is there";
    } catch (const timed_out&) {}
  }());
}
INSTANTIATE_TEST_SUITE_P(faults, lost_listener, ::testing::Values(way::event_loop, way::worker, way::blocking),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace tupelo::chaos
