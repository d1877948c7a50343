// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/cancellation.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/stop_token.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

TEST(cancel_token, without_a_source_is_never_requested) {
  const cancel_token token;
  EXPECT_FALSE(token.cancel_possible());
  EXPECT_FALSE(token.cancel_requested());
  EXPECT_NO_THROW(token.throw_if_cancelled());
}

TEST(cancel_token, sees_the_request_of_its_source) {
  const cancel_source source;
  const cancel_token token = source.token();
  EXPECT_TRUE(token.cancel_possible());
  EXPECT_FALSE(token.cancel_requested());
  EXPECT_TRUE(source.request_cancel());
  EXPECT_TRUE(token.cancel_requested());
  EXPECT_THROW(token.throw_if_cancelled(), cancelled);
}

TEST(cancel_token, outlives_its_source) {
  cancel_token token;
  {
    const cancel_source source;
    token = source.token();
    source.request_cancel();
  }
  EXPECT_TRUE(token.cancel_requested());
}

TEST(cancel_source, second_request_changes_nothing) {
  const cancel_source source;
  EXPECT_TRUE(source.request_cancel());
  EXPECT_FALSE(source.request_cancel());
}

TEST(cancel_source, copies_share_the_request) {
  const cancel_source first;
  cancel_source second;
  second = first;
  second.request_cancel();
  EXPECT_TRUE(first.cancel_requested());
}

TEST(cancel_callback, runs_once_at_the_request) {
  const cancel_source source;
  int calls = 0;
  const cancel_callback callback(source.token(), [&] { ++calls; });
  EXPECT_EQ(calls, 0);
  source.request_cancel();
  source.request_cancel();
  EXPECT_EQ(calls, 1);
}

TEST(cancel_callback, runs_at_once_when_already_requested) {
  const cancel_source source;
  source.request_cancel();
  int calls = 0;
  const cancel_callback callback(source.token(), [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(cancel_callback, destroyed_before_the_request_is_not_called) {
  const cancel_source source;
  int calls = 0;
  {
    const cancel_callback callback(source.token(), [&] { ++calls; });
  }
  source.request_cancel();
  EXPECT_EQ(calls, 0);
}

TEST(cancel_callback, of_an_empty_token_is_never_called) {
  int calls = 0;
  {
    const cancel_callback callback(cancel_token(), [&] { ++calls; });
  }
  EXPECT_EQ(calls, 0);
}

TEST(cancel_callback, may_destroy_itself) {
  struct doer {
    std::unique_ptr<cancel_callback<doer>>* self;
    void operator()() const { self->reset(); }
  };
  const cancel_source source;
  std::unique_ptr<cancel_callback<doer>> callback;
  callback = std::make_unique<cancel_callback<doer>>(source.token(), doer{&callback});
  source.request_cancel();
  EXPECT_EQ(callback, nullptr);
}

TEST(cancel_callback, may_destroy_another_one) {
  const cancel_source source;
  int calls = 0;
  auto count = [&] { ++calls; };
  std::optional<cancel_callback<decltype(count)>> other;
  other.emplace(source.token(), count);
  const cancel_callback callback(source.token(), [&] { other.reset(); });  // the latest is called first
  source.request_cancel();
  EXPECT_EQ(calls, 0);
}

TEST(cancel_callback, may_destroy_the_source) {
  auto source = std::make_unique<cancel_source>();
  const cancel_callback callback(source->token(), [&] { source.reset(); });
  source->request_cancel();
  EXPECT_EQ(source, nullptr);
}

TEST(cancel_callback, destruction_waits_for_a_call_on_another_thread) {
  const cancel_source source;
  std::atomic<bool> entered = false;
  std::atomic<bool> released = false;
  bool finished = false;
  std::thread requester;
  {
    const cancel_callback callback(source.token(), [&] {
      entered = true;
      entered.notify_all();
      released.wait(false);
      finished = true;
    });
    requester = std::thread([&] { source.request_cancel(); });
    entered.wait(false);
    released = true;
    released.notify_all();
  }
  EXPECT_TRUE(finished);
  requester.join();
}

TEST(cancel_callback, attaching_while_another_thread_requests_calls_each_at_most_once) {
  for (int round = 0; round < 200; ++round) {
    const cancel_source source;
    std::thread requester([&] { source.request_cancel(); });
    for (int i = 0; i < 20; ++i) {
      std::atomic<int> calls = 0;
      {
        const cancel_callback callback(source.token(), [&] { ++calls; });
      }
      EXPECT_LE(calls, 1);
    }
    requester.join();
  }
}

TEST(cancel_registration, attach_refuses_a_requested_token) {
  static bool called;
  called = false;
  const cancel_source source;
  source.request_cancel();
  cancel_registration registration([](cancel_registration&) noexcept { called = true; });
  EXPECT_FALSE(registration.attach(source.token()));
  EXPECT_FALSE(called);
}

TEST(cancel_registration, can_be_attached_again) {
  static int calls;
  calls = 0;
  const cancel_source first;
  const cancel_source second;
  cancel_registration registration([](cancel_registration&) noexcept { ++calls; });
  EXPECT_TRUE(registration.attach(first.token()));
  EXPECT_TRUE(registration.attach(second.token()));
  first.request_cancel();
  EXPECT_EQ(calls, 0);
  second.request_cancel();
  EXPECT_EQ(calls, 1);
}

TEST(stop_token_link, follows_a_std_stop_token) {
  std::stop_source stop;
  const stop_token_link link(stop.get_token());
  EXPECT_FALSE(link.token().cancel_requested());
  stop.request_stop();
  EXPECT_TRUE(link.token().cancel_requested());
}

TEST(stop_token_link, of_a_stopped_token_is_requested_at_once) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(stop_token_link(stop.get_token()).token().cancel_requested());
}

}  // namespace
}  // namespace tupelo
