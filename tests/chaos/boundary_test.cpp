// SPDX-License-Identifier: Apache-2.0
// One fault at every boundary between two messages, and after it: nothing hangs, nothing is wrong, and the database
// object works on.
#include "story.hpp"

#include <tupelo/core/deadline.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

namespace tupelo::chaos {
namespace {

/// Long enough for a machine under load where nothing is held back, and short where only its end helps.
constexpr std::int64_t ample_us = 20'000'000;
constexpr std::int64_t short_us = 120'000;

enum class subject : std::uint8_t {
  handshake,      ///< the start of a connection with SCRAM, and one statement
  tls_handshake,  ///< and with TLS
  session,        ///< the whole story, from when the connection is ready
};

bool ends_by_deadline(fault what) noexcept { return what == fault::stall || what == fault::longer_by_one; }

class boundaries : public scene, public ::testing::WithParamInterface<std::tuple<way, fault>> {
protected:
  struct counts {
    std::array<std::size_t, 2> first{};  ///< message after the start of the connection, by sender
    std::array<std::size_t, 2> all{};
  };

  task<void> tell(database& db, story& told, subject of) {
    if (of == subject::session) {
      co_await told.tell(db);
    } else {
      EXPECT_EQ(co_await db.raw_sql<int>("SELECT 7").one(), 7);
    }
  }

  counts count(way how, subject of) {
    fault_proxy::gate gate(*proxy);
    database db(url_through(gate, of != subject::session, of == subject::tls_handshake),
                {.pool_size = 1, .run = execution_of(how), .first_backoff_us = 1'000});
    story told("without a fault");
    run(how, tell(db, told, of));
    run(how, told.verify(*control));
    const std::string client = gate.types(sender::client);
    const std::string server = gate.types(sender::server);
    EXPECT_EQ(gate.connections(), 1U);
    return {{client.find_first_not_of("0p"), server.find('Z') + 1}, {client.size(), server.size()}};
  }

  /// True: the story got as far as the message.
  task<bool> meet(way how, fault_plan plan, subject of, std::string name, std::int64_t limit_us) {
    const watchdog::entry runs(*guard, name);
    fault_proxy::gate gate(*proxy, plan);
    story told(name);
    {
      database db(url_through(gate, of != subject::session, of == subject::tls_handshake),
                  {.pool_size = 1, .run = execution_of(how), .first_backoff_us = 1'000});
      try {
        co_await with_deadline(tell(db, told, of), deadline::after_us(limit_us, steady_now_us()));
      } catch (const error& e) {
        note(e);
      } catch (const std::exception& e) {
        ADD_FAILURE() << name << ": not a typed error: " << e.what();
      }
      co_await expect_recovered(db, name);
    }
    if (of == subject::session) co_await told.verify(*control);
    co_return gate.messages(plan.from) > plan.message;
  }

  task<void> meet_surely(way how, fault_plan plan, subject of) {
    const std::string name = std::string(name_of(plan.what)) + " at message " + std::to_string(plan.message) +
                             " of the " + (plan.from == sender::client ? "client" : "server");
    // On a busy machine the deadline may pass before the fault; then there must be more time. So may the time to
    // connect, which stays as it is.
    std::int64_t limit_us = ends_by_deadline(plan.what) ? short_us : ample_us;
    bool met = co_await meet(how, plan, of, name, limit_us);
    for (; !met && limit_us < ample_us; limit_us *= 2) met = co_await meet(how, plan, of, name, limit_us);
    for (int again = 0; !met && of != subject::tls_handshake && again < 3; ++again)
      met = co_await meet(how, plan, of, name, limit_us);
    // How many records TLS makes of its messages is its own affair.
    if (of != subject::tls_handshake) EXPECT_TRUE(met) << name << " was never sent";
  }

  /// Runs the story, or only the start of a connection with SCRAM, with the fault at every message.
  void meet_everywhere(subject of) {
    const auto [how, what] = GetParam();
    const counts known = count(how, of);
    std::vector<fault_plan> plans;
    for (const sender from : {sender::client, sender::server}) {
      const std::size_t at = from == sender::server ? 1 : 0;
      for (std::size_t i = of == subject::session ? known.first[at] : 0; i < known.all[at]; ++i)
        plans.push_back({what, from, i});
    }
    for_each(how, plans.size(), [&, how = how](std::size_t i) { return meet_surely(how, plans[i], of); });
    EXPECT_FALSE(codes_.empty()) << "no case failed: the fault did nothing";
    RecordProperty("cases", static_cast<int>(plans.size()));
    for (const auto& [code, count] : codes_) RecordProperty(std::string(name_of(code)), count);
  }

private:
  void note(const error& e) {
    const std::lock_guard lock(mutex_);
    ++codes_[e.code()];
  }
  std::mutex mutex_;
  std::map<errc, int> codes_;
};

TEST_P(boundaries, of_the_handshake_are_survived) { meet_everywhere(subject::handshake); }
TEST_P(boundaries, of_the_tls_handshake_are_survived) { meet_everywhere(subject::tls_handshake); }
TEST_P(boundaries, of_a_session_are_survived) { meet_everywhere(subject::session); }

std::string case_name(const ::testing::TestParamInfo<std::tuple<way, fault>>& tested) {
  std::string name = name_of(std::get<0>(tested.param)) + "_" + name_of(std::get<1>(tested.param));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(on_a_loop, boundaries,
                         ::testing::Combine(::testing::Values(way::event_loop),
                                            ::testing::Values(fault::cut, fault::cut_inside, fault::close_one_way,
                                                              fault::stall, fault::bad_type, fault::huge_length,
                                                              fault::longer_by_one, fault::bad_body)),
                         case_name);
// What is made of the bytes is the same; how they are waited for is not.
INSTANTIATE_TEST_SUITE_P(without_a_loop, boundaries,
                         ::testing::Combine(::testing::Values(way::blocking),
                                            ::testing::Values(fault::cut, fault::close_one_way, fault::stall,
                                                              fault::bad_type, fault::longer_by_one)),
                         case_name);
INSTANTIATE_TEST_SUITE_P(in_the_background, boundaries,
                         ::testing::Combine(::testing::Values(way::worker),
                                            ::testing::Values(fault::cut, fault::stall)),
                         case_name);

// ---- what only slows a session down

class pacing : public scene, public ::testing::WithParamInterface<std::tuple<way, pace, bool>> {};

TEST_P(pacing, changes_no_result) {
  const auto [how, speed, tls] = GetParam();
  fault_proxy::gate gate(*proxy, {}, speed);
  database db(url_through(gate, true, tls), {.pool_size = 1, .run = execution_of(how), .first_backoff_us = 1'000});
  story told("paced");
  run(how, told.tell(db));
  run(how, told.verify(*control));
  EXPECT_EQ(gate.connections(), 1U);
}
INSTANTIATE_TEST_SUITE_P(faults, pacing,
                         ::testing::Combine(::testing::Values(way::event_loop, way::worker, way::blocking),
                                            ::testing::Values(pace::single_bytes, pace::slow), ::testing::Bool()),
                         [](const auto& tested) {
                           return name_of(std::get<0>(tested.param)) +
                                  (std::get<1>(tested.param) == pace::slow ? "_slow" : "_single_bytes") +
                                  (std::get<2>(tested.param) ? "_with_tls" : "");
                         });

}  // namespace
}  // namespace tupelo::chaos
