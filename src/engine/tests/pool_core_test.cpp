// SPDX-License-Identifier: Apache-2.0
// The pool's rules, without connections, threads and clocks.
#include "pool_core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <vector>

namespace tupelo::detail {
namespace {

pool_limits small() {
  pool_limits limits;
  limits.size = 2;
  limits.overflow = 1;
  limits.checks = true;
  limits.trust_us = 100;
  limits.idle_timeout_us = 1'000;
  limits.max_lifetime_us = 10'000;
  limits.keepalive_us = 600;
  limits.first_backoff_us = 100;
  limits.longest_backoff_us = 400;
  return limits;
}

class core_test : public ::testing::Test {
protected:
  pool_slot& open(pool_core& core, std::int64_t now) {
    slots_.push_back(std::make_unique<pool_slot>());
    core.begin_opening();
    core.opened(*slots_.back(), now);
    return *slots_.back();
  }
  pool_queue_link& join(pool_core& core, std::int64_t now) {
    links_.push_back(std::make_unique<pool_queue_link>());
    core.join(*links_.back(), now);
    return *links_.back();
  }
  std::vector<std::unique_ptr<pool_slot>> slots_;
  std::vector<std::unique_ptr<pool_queue_link>> links_;
};

class pool_core_taking : public core_test {};
class pool_core_waiting : public core_test {};
class pool_core_coming_back : public core_test {};
class pool_core_opening : public core_test {};
class pool_core_time_passing : public core_test {};
class pool_core_shedding : public core_test {};

TEST_F(pool_core_taking, gives_what_was_used_last) {
  pool_core core(small());
  pool_slot& a = open(core, 0);
  pool_slot& b = open(core, 0);
  core.put_idle(a, 1);
  core.put_idle(b, 2);
  EXPECT_EQ(core.take(), &b);
  EXPECT_EQ(core.take(), &a);
  EXPECT_EQ(core.take(), nullptr);
}
TEST_F(pool_core_taking, gives_nothing_past_those_who_wait) {
  pool_core core(small());
  core.put_idle(open(core, 0), 0);
  join(core, 1);
  EXPECT_EQ(core.take(), nullptr);
  EXPECT_NE(core.take_for_queue(), nullptr);
}
TEST_F(pool_core_taking, gives_nothing_while_suspended_or_closed) {
  pool_core core(small());
  core.put_idle(open(core, 0), 0);
  core.suspend();
  EXPECT_EQ(core.take(), nullptr);
  core.resume();
  core.close();
  EXPECT_EQ(core.take(), nullptr);
}
TEST_F(pool_core_taking, trusts_a_connection_for_a_while) {
  pool_core core(small());
  pool_slot& slot = open(core, 1'000);
  EXPECT_FALSE(core.needs_check(slot, 1'100));
  EXPECT_TRUE(core.needs_check(slot, 1'101));
}
TEST_F(pool_core_taking, suspects_all_when_one_was_broken) {
  pool_core core(small());
  pool_slot& slot = open(core, 1'000);
  core.suspect_all(1'001);
  EXPECT_TRUE(core.needs_check(slot, 1'001));
  slot.used_us = 1'001;
  EXPECT_FALSE(core.needs_check(slot, 1'001));
}
TEST_F(pool_core_taking, checks_nothing_that_cannot_break) {
  pool_limits limits = small();
  limits.checks = false;
  pool_core core(limits);
  EXPECT_FALSE(core.needs_check(open(core, 0), 1'000'000));
}

TEST_F(pool_core_waiting, is_served_in_order) {
  pool_core core(small());
  pool_queue_link& a = join(core, 1);
  pool_queue_link& b = join(core, 2);
  EXPECT_EQ(core.next_to_serve(3), &a);
  EXPECT_EQ(core.next_to_serve(3), &b);
  EXPECT_EQ(core.next_to_serve(3), nullptr);
}
TEST_F(pool_core_waiting, may_be_given_up_once) {
  pool_core core(small());
  pool_queue_link& a = join(core, 1);
  pool_queue_link& b = join(core, 2);
  pool_queue_link& c = join(core, 3);
  EXPECT_TRUE(core.leave(b));
  EXPECT_FALSE(core.leave(b));
  EXPECT_EQ(core.waiting(), 2U);
  EXPECT_EQ(core.next_to_serve(4), &a);
  EXPECT_EQ(core.next_to_serve(4), &c);
  EXPECT_FALSE(core.leave(c));
}
TEST_F(pool_core_waiting, is_not_served_while_suspended) {
  pool_core core(small());
  pool_queue_link& a = join(core, 1);
  core.suspend();
  EXPECT_EQ(core.next_to_serve(2), nullptr);
  core.resume();
  EXPECT_EQ(core.next_to_serve(2), &a);
}

TEST_F(pool_core_coming_back, stays_open_up_to_the_size) {
  pool_core core(small());
  pool_slot& a = open(core, 0);
  pool_slot& b = open(core, 0);
  EXPECT_FALSE(core.must_close(a, 1));
  pool_slot& c = open(core, 0);
  EXPECT_TRUE(core.must_close(a, 1));
  core.remove(a);
  EXPECT_FALSE(core.must_close(b, 1));
  EXPECT_FALSE(core.must_close(c, 1));
}
TEST_F(pool_core_coming_back, stays_beyond_the_size_for_those_who_wait) {
  pool_core core(small());
  pool_slot& a = open(core, 0);
  open(core, 0);
  open(core, 0);
  join(core, 1);
  EXPECT_FALSE(core.must_close(a, 1));
}
TEST_F(pool_core_coming_back, is_closed_when_it_is_too_old) {
  pool_core core(small());
  pool_slot& a = open(core, 0);
  EXPECT_FALSE(core.must_close(a, 8'999));
  EXPECT_TRUE(core.must_close(a, 10'000));
}
TEST_F(pool_core_coming_back, is_closed_when_the_pool_is) {
  pool_core core(small());
  pool_slot& a = open(core, 0);
  core.close();
  EXPECT_TRUE(core.must_close(a, 1));
}

TEST_F(pool_core_opening, serves_those_who_wait_as_far_as_there_is_room) {
  pool_core core(small());
  for (int i = 0; i < 5; ++i) join(core, 0);
  EXPECT_EQ(core.openings_wanted(0), 3U);
  core.begin_opening();
  core.begin_opening();
  EXPECT_EQ(core.openings_wanted(0), 1U);
}
TEST_F(pool_core_opening, keeps_enough_ready_but_never_beyond_the_size) {
  pool_limits limits = small();
  limits.size = 3;
  limits.min_idle = 2;
  pool_core core(limits);
  EXPECT_EQ(core.openings_wanted(0), 2U);
  open(core, 0);
  open(core, 0);
  EXPECT_EQ(core.openings_wanted(0), 1U);
}
TEST_F(pool_core_opening, keeps_no_more_ready_beside_those_that_are_warmed_up) {
  pool_limits limits = small();
  limits.size = 5;
  limits.min_idle = 2;
  pool_core core(limits);
  core.begin_warm_up(1);
  open(core, 0);
  EXPECT_EQ(core.openings_wanted(0), 1U);
  core.begin_warm_up(2);
  EXPECT_EQ(core.openings_wanted(0), 0U);
  core.end_warm_up(3);
  EXPECT_EQ(core.openings_wanted(0), 2U) << "the one that is open is somebody's";
}
TEST_F(pool_core_opening, for_one_who_asks_is_not_allowed_past_those_who_wait) {
  pool_core core(small());
  EXPECT_TRUE(core.may_open(0));
  join(core, 0);
  EXPECT_FALSE(core.may_open(0));
}
TEST_F(pool_core_opening, backs_off_when_it_failed_and_longer_each_time) {
  pool_core core(small());
  std::int64_t now = 0;
  for (const std::int64_t longest : {100, 200, 400, 400}) {
    core.begin_opening();
    core.opening_failed(now, true);
    EXPECT_TRUE(core.is_down(now));
    EXPECT_TRUE(core.is_down(now + longest - longest / 4 - 1));
    EXPECT_FALSE(core.is_down(now + longest));
    now += longest;
  }
}
TEST_F(pool_core_opening, counts_attempts_that_failed_together_as_one) {
  pool_core core(small());
  for (int i = 0; i < 3; ++i) core.begin_opening();
  for (int i = 0; i < 3; ++i) core.opening_failed(0, true);
  EXPECT_EQ(core.failures_in_a_row(), 1U);
}
TEST_F(pool_core_opening, tries_with_one_connection_whether_the_server_is_back) {
  pool_core core(small());
  core.begin_opening();
  core.opening_failed(0, true);
  for (int i = 0; i < 3; ++i) join(core, 100);
  EXPECT_EQ(core.openings_wanted(100), 1U);
  core.begin_opening();
  EXPECT_EQ(core.openings_wanted(100), 0U);
}
TEST_F(pool_core_opening, is_free_again_as_soon_as_one_attempt_succeeds) {
  pool_core core(small());
  core.begin_opening();
  core.opening_failed(0, true);
  for (int i = 0; i < 3; ++i) join(core, 100);
  open(core, 100);
  EXPECT_FALSE(core.is_down(100));
  EXPECT_EQ(core.openings_wanted(100), 2U);
}
TEST_F(pool_core_opening, that_somebody_gave_up_is_no_failure_of_the_server) {
  pool_core core(small());
  core.begin_opening();
  core.opening_failed(0, false);
  EXPECT_FALSE(core.is_down(0));
  EXPECT_TRUE(core.may_open(0));
}
TEST_F(pool_core_opening, is_not_down_while_others_have_connections) {
  pool_core core(small());
  open(core, 0);
  core.begin_opening();
  core.opening_failed(0, true);
  EXPECT_FALSE(core.is_down(0));
}

TEST_F(pool_core_time_passing, closes_what_is_idle_for_too_long_the_oldest_first) {
  pool_limits limits = small();
  limits.keepalive_us = 0;
  pool_core core(limits);
  pool_slot& a = open(core, 0);
  pool_slot& b = open(core, 0);
  core.put_idle(a, 10);
  core.put_idle(b, 20);
  EXPECT_EQ(core.next_due_us(), 1'010);
  EXPECT_EQ(core.next_to_close(1'009), nullptr);
  EXPECT_EQ(core.next_to_close(1'010), &a);
  EXPECT_EQ(core.connections(), 1U);
  EXPECT_EQ(core.next_to_close(1'010), nullptr);
  EXPECT_EQ(core.next_to_close(1'020), &b);
}
TEST_F(pool_core_time_passing, leaves_enough_ready) {
  pool_limits limits = small();
  limits.min_idle = 1;
  pool_core core(limits);
  core.put_idle(open(core, 0), 0);
  core.put_idle(open(core, 0), 0);
  EXPECT_NE(core.next_to_close(5'000), nullptr);
  EXPECT_EQ(core.next_to_close(5'000), nullptr);
}
TEST_F(pool_core_time_passing, ends_the_lives_of_connections_at_different_times) {
  pool_core core(small());
  const std::int64_t a = open(core, 0).expires_us;
  const std::int64_t b = open(core, 0).expires_us;
  EXPECT_NE(a, b);
  for (const std::int64_t each : {a, b}) {
    EXPECT_GE(each, 9'000);
    EXPECT_LE(each, 10'000);
  }
}
TEST_F(pool_core_time_passing, makes_idle_connections_speak) {
  pool_core core(small());
  pool_slot& a = open(core, 0);
  core.put_idle(a, 0);
  EXPECT_EQ(core.next_due_us(), 600);
  EXPECT_EQ(core.next_to_keep_alive(599), nullptr);
  EXPECT_EQ(core.next_to_keep_alive(600), &a);
  EXPECT_EQ(a.where, pool_slot::place::in_use);
}
TEST_F(pool_core_time_passing, closes_everything_idle_when_the_pool_closes) {
  pool_core core(small());
  core.put_idle(open(core, 0), 0);
  core.put_idle(open(core, 0), 0);
  core.close();
  EXPECT_NE(core.next_to_close(0), nullptr);
  EXPECT_NE(core.next_to_close(0), nullptr);
  EXPECT_EQ(core.connections(), 0U);
}

pool_limits sheds() {
  pool_limits limits = small();
  limits.shed_target_us = 10;
  limits.shed_interval_us = 100;
  return limits;
}

TEST_F(pool_core_shedding, begins_when_nobody_was_served_in_time_for_an_interval) {
  pool_core core(sheds());
  for (int i = 0; i < 6; ++i) join(core, 0);
  for (const std::int64_t now : {50, 90, 120}) core.next_to_serve(now);
  EXPECT_FALSE(core.is_overloaded()) << "the first interval began with the first one served";
  core.next_to_serve(150);
  EXPECT_TRUE(core.is_overloaded());
  EXPECT_NE(core.next_to_shed(150), nullptr);
}
TEST_F(pool_core_shedding, spares_those_who_came_just_now) {
  pool_core core(sheds());
  for (int i = 0; i < 2; ++i) join(core, 0);
  core.next_to_serve(50);
  pool_queue_link& fresh = join(core, 150);
  core.next_to_serve(150);
  EXPECT_EQ(core.next_to_shed(170), nullptr);
  EXPECT_EQ(core.next_due_us(), 171);
  EXPECT_EQ(core.next_to_shed(171), &fresh);
}
TEST_F(pool_core_shedding, leaves_bursts_alone) {
  pool_core core(sheds());
  for (int i = 0; i < 3; ++i) join(core, 0);
  core.next_to_serve(50);
  core.next_to_serve(90);
  join(core, 95);
  core.next_to_serve(100);
  core.next_to_serve(101);  // within the target
  join(core, 110);
  core.next_to_serve(160);
  EXPECT_FALSE(core.is_overloaded());
}
TEST_F(pool_core_shedding, ends_with_the_queue) {
  pool_core core(sheds());
  for (int i = 0; i < 3; ++i) join(core, 0);
  core.next_to_serve(50);
  core.next_to_serve(150);
  EXPECT_TRUE(core.is_overloaded());
  EXPECT_NE(core.next_to_shed(150), nullptr);
  EXPECT_FALSE(core.is_overloaded());
  EXPECT_EQ(core.next_to_shed(151), nullptr);
}
TEST_F(pool_core_shedding, takes_no_wait_of_an_earlier_queue_for_one_of_this) {
  pool_core core(sheds());
  join(core, 0);
  core.next_to_serve(50);
  for (int i = 0; i < 2; ++i) join(core, 3'600'000);
  core.next_to_serve(3'600'050);
  EXPECT_FALSE(core.is_overloaded());
  EXPECT_EQ(core.next_to_shed(3'600'050), nullptr);
}
TEST_F(pool_core_shedding, measures_anew_when_those_who_waited_have_left) {
  pool_core core(sheds());
  pool_queue_link& served = join(core, 0);
  pool_queue_link& leaves = join(core, 0);
  EXPECT_EQ(core.next_to_serve(50), &served);
  core.leave(leaves);
  for (int i = 0; i < 2; ++i) join(core, 160);
  core.next_to_serve(200);
  EXPECT_FALSE(core.is_overloaded());
}
TEST_F(pool_core_shedding, takes_no_suspension_for_overload) {
  pool_core core(sheds());
  for (int i = 0; i < 3; ++i) join(core, 0);
  core.next_to_serve(50);
  core.suspend();
  EXPECT_EQ(core.next_to_serve(160), nullptr);
  core.resume();
  EXPECT_NE(core.next_to_serve(1'000), nullptr);
  EXPECT_FALSE(core.is_overloaded());
}
TEST_F(pool_core_shedding, is_off_without_a_target) {
  pool_core core(small());
  for (int i = 0; i < 3; ++i) join(core, 0);
  for (const std::int64_t now : {50'000, 1'000'000}) core.next_to_serve(now);
  EXPECT_FALSE(core.is_overloaded());
}

/// A user of the core that does at random what a pool does, and knows by itself what must be true.
class random_user {
public:
  explicit random_user(unsigned seed) : random_(seed), core_(limits(seed), seed) {}

  void step() {
    now_ += pick(40);
    switch (pick(12)) {
      case 0:
      case 1: take(); break;
      case 2:
      case 3: wait(); break;
      case 4:
      case 5:
      case 6: give_back(pick(10) == 0); break;
      case 7: leave(); break;
      case 8: end_opening(pick(4) == 0); break;
      case 9: look_after(); break;
      case 10: pick(2) == 0 ? core_.suspend() : core_.resume(); break;
      case 11: start_openings(); break;
    }
    check();
  }

private:
  static pool_limits limits(unsigned seed) {
    pool_limits made = small();
    made.size = 1 + seed % 4;
    made.overflow = seed % 3;
    made.min_idle = seed % 2;
    made.shed_target_us = seed % 5 == 0 ? 30 : 0;
    made.shed_interval_us = 100;
    return made;
  }
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

  void take() {
    const bool somebody_waits = !queue_.empty();
    if (pool_slot* const slot = core_.take()) {
      EXPECT_FALSE(somebody_waits);
      use(slot);
    }
  }
  void use(pool_slot* slot) {
    EXPECT_EQ(std::erase(idle_, slot), 1U) << "it was idle and nowhere else";
    used_.push_back(slot);
  }
  void wait() {
    links_.push_back(std::make_unique<pool_queue_link>());
    queue_.push_back(links_.back().get());
    core_.join(*links_.back(), now_);
    serve();
    start_openings();
  }
  void served(pool_queue_link* link) {
    ASSERT_FALSE(queue_.empty());
    EXPECT_EQ(queue_.front(), link) << "first come, first served";
    queue_.pop_front();
  }
  void shed() {
    while (pool_queue_link* const link = core_.next_to_shed(now_)) served(link);
  }
  void serve() {
    shed();
    while (core_.waiting() != 0) {
      pool_slot* const slot = core_.take_for_queue();
      if (slot == nullptr) return;
      use(slot);
      pool_queue_link* const link = core_.next_to_serve(now_);
      ASSERT_NE(link, nullptr);
      served(link);
    }
  }
  void give_back(bool broken) {
    if (used_.empty()) return;
    const std::size_t at = pick(used_.size());
    pool_slot* const slot = used_[at];
    used_.erase(used_.begin() + static_cast<std::ptrdiff_t>(at));
    offer(slot, broken);
    start_openings();
  }
  void offer(pool_slot* slot, bool broken) {
    shed();
    if (broken || core_.must_close(*slot, now_)) {
      core_.remove(*slot);
      return;
    }
    if (pool_queue_link* const link = core_.next_to_serve(now_)) {
      served(link);
      used_.push_back(slot);
    } else {
      core_.put_idle(*slot, now_);
      idle_.push_back(slot);
    }
  }
  void leave() {
    if (queue_.empty()) return;
    const std::size_t at = pick(queue_.size());
    EXPECT_TRUE(core_.leave(*queue_[at]));
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void start_openings() {
    for (std::uint32_t left = core_.openings_wanted(now_); left != 0; --left) {
      core_.begin_opening();
      ++opening_;
    }
  }
  void end_opening(bool fails) {
    if (opening_ == 0) return;
    --opening_;
    if (fails) {
      core_.opening_failed(now_, pick(2) == 0);
      return;
    }
    slots_.push_back(std::make_unique<pool_slot>());
    core_.opened(*slots_.back(), now_);
    offer(slots_.back().get(), false);
  }
  void look_after() {
    while (pool_slot* const slot = core_.next_to_close(now_)) EXPECT_EQ(std::erase(idle_, slot), 1U);
    while (pool_slot* const slot = core_.next_to_keep_alive(now_)) use(slot);
    if (!core_.is_suspended()) serve();
  }
  void check() {
    const pool_limits& limits = core_.limits();
    EXPECT_LE(core_.connections() + core_.opening(), limits.size + limits.overflow);
    EXPECT_EQ(core_.connections(), used_.size() + idle_.size()) << "none is lost";
    EXPECT_EQ(core_.idle(), idle_.size());
    EXPECT_EQ(core_.waiting(), queue_.size());
    EXPECT_EQ(core_.opening(), opening_);
    for (const pool_slot* slot : idle_) EXPECT_EQ(slot->where, pool_slot::place::idle);
    for (const pool_slot* slot : used_) EXPECT_EQ(slot->where, pool_slot::place::in_use);
  }

  std::mt19937 random_;
  pool_core core_;
  std::int64_t now_ = 0;
  std::vector<std::unique_ptr<pool_slot>> slots_;
  std::vector<std::unique_ptr<pool_queue_link>> links_;
  std::vector<pool_slot*> used_, idle_;
  std::deque<pool_queue_link*> queue_;
  std::uint32_t opening_ = 0;
};

TEST(pool_core, loses_nothing_exceeds_nothing_and_keeps_the_order_whatever_happens) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    random_user user(seed);
    for (int i = 0; i < 3'000 && !::testing::Test::HasFailure(); ++i) user.step();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tupelo::detail
