// SPDX-License-Identifier: Apache-2.0
#include "async_fixtures.hpp"

#include <tupelo/core/as_result.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sleep.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace tupelo {
namespace {

using testing::on_other_thread;

task<int> number(int value) { co_return value; }
task<int> throws_busy() {
  throw busy_error("the database is busy", {});
  co_return 0;
}
task<void> throws_foreign() {
  throw std::runtime_error("not ours");
  co_return;
}
task<void> throws_nothing_known() {
  throw 7;
  co_return;
}

TEST(as_result, holds_the_value) {
  auto run = []() -> task<result<int>> { co_return co_await as_result(number(3)); };
  EXPECT_EQ(sync_wait(run()).value(), 3);
}

TEST(as_result, holds_values_that_cannot_be_copied) {
  auto make = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  auto run = [&]() -> task<int> {
    auto made = co_await as_result(make());
    co_return **made;
  };
  EXPECT_EQ(sync_wait(run()), 3);
}

TEST(as_result, works_for_void) {
  auto nothing = []() -> task<void> { co_return; };
  auto run = [&]() -> task<bool> { co_return (co_await as_result(nothing())).has_value(); };
  EXPECT_TRUE(sync_wait(run()));
}

TEST(as_result, tells_code_message_and_what_to_do) {
  auto run = []() -> task<result<int>> { co_return co_await as_result(throws_busy()); };
  const auto failed = sync_wait(run());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), errc::busy);
  EXPECT_STREQ(failed.error().message(), "the database is busy");
  ASSERT_NE(failed.error().as_error(), nullptr);
  EXPECT_EQ(failed.error().retryable(), failed.error().as_error()->retryable());
  EXPECT_EQ(failed.error().connection_usable(), failed.error().as_error()->connection_usable());
}

TEST(as_result, value_throws_the_original_exception) {
  auto run = []() -> task<result<int>> { co_return co_await as_result(throws_busy()); };
  const auto failed = sync_wait(run());
  EXPECT_THROW(static_cast<void>(failed.value()), busy_error);
}

TEST(as_result, gives_the_typed_error) {
  auto run = []() -> task<result<int>> { co_return co_await as_result(throws_busy()); };
  const auto failed = sync_wait(run());
  EXPECT_NE(failed.error().as<busy_error>(), nullptr);
  EXPECT_EQ(failed.error().as<unique_violation>(), nullptr);
}

TEST(as_result, foreign_exception_has_no_code) {
  auto run = []() -> task<result<void>> { co_return co_await as_result(throws_foreign()); };
  const auto failed = sync_wait(run());
  EXPECT_EQ(failed.error().code(), errc{});
  EXPECT_STREQ(failed.error().message(), "not ours");
  EXPECT_FALSE(failed.error().retryable());
  EXPECT_FALSE(failed.error().connection_usable());
  EXPECT_THROW(failed.value(), std::runtime_error);
}

TEST(as_result, exception_of_no_known_type_is_kept) {
  auto run = []() -> task<result<void>> { co_return co_await as_result(throws_nothing_known()); };
  const auto failed = sync_wait(run());
  EXPECT_STREQ(failed.error().message(), "unknown exception");
  EXPECT_THROW(failed.error().rethrow(), int);
}

TEST(as_result, takes_operations_that_are_no_tasks) {
  auto run = []() -> task<result<int>> { co_return co_await as_result(on_other_thread(6)); };
  EXPECT_EQ(sync_wait(run()).value(), 6);
}

TEST(as_result, catches_what_an_operation_throws) {
  const cancel_source source;
  source.request_cancel();
  auto run = []() -> task<errc> { co_return (co_await as_result(sleep_until(deadline::never()))).error().code(); };
  EXPECT_EQ(sync_wait(run(), source.token()), errc::cancelled);
}

TEST(as_result, error_of_a_value_is_no_failure) {
  auto run = []() -> task<result<int>> { co_return co_await as_result(number(3)); };
  const auto held = sync_wait(run());
  EXPECT_FALSE(held.error().exception());
  EXPECT_EQ(held.error().code(), errc{});
}

TEST(as_result, empties_a_named_task) {
  auto run = []() -> task<bool> {
    auto named = number(1);
    const auto held = co_await as_result(named);
    co_return held.value() == 1 && named.empty();
  };
  EXPECT_TRUE(sync_wait(run()));
}

TEST(as_result, keeps_the_task_when_awaited_later) {
  auto run = []() -> task<int> {
    auto later = as_result(number(8));
    co_return (co_await later).value();
  };
  EXPECT_EQ(sync_wait(run()), 8);
}

}  // namespace
}  // namespace tupelo
