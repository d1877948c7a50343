// SPDX-License-Identifier: Apache-2.0
// A task is cancelled at every message, and its connection is then either clean or closed.
#include "story.hpp"

#include <tupelo/core/cancellation.hpp>

#include <atomic>
#include <vector>

namespace tupelo::chaos {
namespace {

class cancelled_task : public scene, public ::testing::WithParamInterface<way> {
protected:
  struct place {
    sender from;
    std::size_t message;
  };

  std::vector<place> places() {
    fault_proxy::gate gate(*proxy);
    database db(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam()), .first_backoff_us = 1'000});
    story told("not cancelled");
    run(GetParam(), told.tell(db));
    std::vector<place> all;
    for (const sender from : {sender::client, sender::server}) {
      for (std::size_t i = 0; i < gate.messages(from); ++i) all.push_back({from, i});
    }
    return all;
  }

  task<void> cancel_at(place at) {
    const std::string name = "cancelled at message " + std::to_string(at.message) + " of the " +
                             (at.from == sender::client ? "client" : "server");
    const watchdog::entry runs(*guard, name);
    cancel_source source;
    fault_proxy::gate gate(*proxy);
    gate.at_message(at.from, at.message, [source] { source.request_cancel(); });
    story told(name);
    {
      database db(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam()), .first_backoff_us = 1'000});
      try {
        co_await with_cancellation(told.tell(db), source.token());
      } catch (const cancelled&) {
        ++stopped_;
      } catch (const connection_error& e) {
        // The request to stop was not dealt with within cancel_timeout. It could still stop the next statement, so the
        // connection is closed, though its statement may have ended well.
        EXPECT_EQ(e.code(), errc::connection_lost) << name << ": " << e.what();
        ++stopped_;
      } catch (const std::exception& e) {
        ADD_FAILURE() << name << ": " << e.what();
      }
      EXPECT_LE(db.statistics().connections, 1U) << name;
      co_await expect_recovered(db, name);
    }
    co_await told.verify(*control);
  }

  std::atomic<std::size_t> stopped_{0};
};

TEST_P(cancelled_task, leaves_nothing_behind_wherever_it_stops) {
  const std::vector<place> all = places();
  for_each(GetParam(), all.size(), [&](std::size_t i) { return cancel_at(all[i]); });
  EXPECT_GT(stopped_, all.size() / 2);
}
INSTANTIATE_TEST_SUITE_P(ways, cancelled_task, ::testing::Values(way::event_loop, way::worker, way::blocking),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace tupelo::chaos
