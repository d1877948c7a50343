// SPDX-License-Identifier: Apache-2.0
// Whether db.transaction runs its closure again, and when.
#include "tupelo/session/session.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/sleep.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace tupelo {

namespace detail {

task<void> before_next_attempt(std::exception_ptr failure, int attempt, transaction_options options) {
  bool again = false;
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    // Not where the pool refused: more of the same would make it worse.
    again = e.retryable() && e.code() != errc::pool_exhausted && attempt < options.max_attempts;
  } catch (...) {
    again = false;
  }
  if (!again) std::rethrow_exception(failure);
  // Exponential, with jitter so that two which collided do not collide again: a cheap hash of the time and the
  // coroutine's address.
  const std::int64_t longest = options.backoff_us << std::min(attempt - 1, 16);
  std::uint64_t mixed = static_cast<std::uint64_t>(steady_now_us()) ^ reinterpret_cast<std::uintptr_t>(&failure) ^
                        (static_cast<std::uint64_t>(attempt) * 0x9E3779B97F4A7C15ull);
  mixed ^= mixed >> 29;
  const std::int64_t wait =
      longest / 2 + static_cast<std::int64_t>(mixed % static_cast<std::uint64_t>(longest / 2 + 1));
  const task_context& context = co_await current_context();
  if (wait >= context.deadline.remaining_us(context.scheduler.now_us())) std::rethrow_exception(failure);
  co_await sleep_for(micros(wait));
}

std::exception_ptr commit_did_not_happen() {
  return std::make_exception_ptr(
      connection_error(errc::connection_lost, "the connection was lost during COMMIT, which did not happen"));
}

std::exception_ptr commit_not_verified(std::exception_ptr why) {
  std::string message =
      "the connection was lost during COMMIT: whether the transaction is in the database is not known";
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& e) {
    message += ", and the verifier failed: ";
    message += e.what();
  } catch (...) {
    message += ", and the verifier failed";
  }
  return std::make_exception_ptr(commit_unknown(std::move(message)));
}

bool is_commit_unknown(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const commit_unknown&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace detail

}  // namespace tupelo
