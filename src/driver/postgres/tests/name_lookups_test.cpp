// SPDX-License-Identifier: Apache-2.0
#include "name_lookups.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tupelo::driver::postgres {
namespace {

/// The system's resolver, which answers when the test says so.
struct slow_resolver {
  std::mutex mutex;
  std::condition_variable changed;
  bool answers = false;
  int begun = 0;
  int ended = 0;

  static slow_resolver& current() {
    static slow_resolver instance;
    return instance;
  }
  static looked_up look_up(const std::string& name, const std::string&) {
    slow_resolver& self = current();
    std::unique_lock lock(self.mutex);
    ++self.begun;
    self.changed.notify_all();
    self.changed.wait(lock, [&] { return self.answers; });
    ++self.ended;
    self.changed.notify_all();
    looked_up found;
    if (name == "nowhere") found.failure = EAI_NONAME;
    found.addresses.emplace_back();
    return found;
  }
  void wait_for_begun(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return begun >= count; });
  }
  void answer() {
    const std::lock_guard lock(mutex);
    answers = true;
    changed.notify_all();
  }
};

class lookups : public ::testing::Test {
protected:
  lookups() {
    const std::lock_guard lock(resolver.mutex);
    resolver.answers = false;
    resolver.begun = resolver.ended = 0;
  }
  ~lookups() override {
    resolver.answer();
    std::unique_lock lock(resolver.mutex);
    resolver.changed.wait(lock, [&] { return resolver.ended == resolver.begun; });
  }
  /// As who has no time left.
  void give_up(const std::string& name) { EXPECT_THROW(sync_wait(names.ask(name, "5432", 0)), timed_out); }

  slow_resolver& resolver = slow_resolver::current();
  name_lookups names{&slow_resolver::look_up};
};

TEST_F(lookups, of_one_name_are_one_whoever_has_given_up) {
  for (int i = 0; i < 20; ++i) give_up("db");
  resolver.wait_for_begun(1);
  std::thread answering([&] { resolver.answer(); });
  EXPECT_EQ(sync_wait(names.ask("db", "5432", INT64_MAX)).addresses.size(), 1u);
  answering.join();
  const std::lock_guard lock(resolver.mutex);
  EXPECT_LE(resolver.begun, 2) << "the last may have come when the first had ended";
}
TEST_F(lookups, of_several_names_do_not_wait_for_each_other) {
  give_up("one");
  give_up("two");
  resolver.wait_for_begun(2);
}
TEST_F(lookups, begin_anew_when_the_last_has_ended) {
  resolver.answer();
  EXPECT_EQ(sync_wait(names.ask("nowhere", "5432", INT64_MAX)).failure, EAI_NONAME);
  EXPECT_EQ(sync_wait(names.ask("db", "5432", INT64_MAX)).failure, 0);
  EXPECT_EQ(sync_wait(names.ask("db", "5432", INT64_MAX)).failure, 0);
  const std::lock_guard lock(resolver.mutex);
  EXPECT_EQ(resolver.begun, 3);
}

}  // namespace
}  // namespace tupelo::driver::postgres
