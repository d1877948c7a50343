// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migrator.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/micros.hpp>
#include <tupelo/core/sleep.hpp>
#include <tupelo/core/task.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace tupelo::migrate {

/// Whether a table was not to be had in time.
inline bool is_locked_out(const std::exception& failure) {
  constexpr std::string_view lock_not_available = "55P03";
  const auto* known = dynamic_cast<const database_error*>(&failure);
  return known != nullptr && known->sqlstate() == lock_not_available;
}

/// What is said when no attempt got its locks.
inline std::string tried_in_vain(const options& opts) {
  return "; it was tried " + std::to_string(opts.lock_retries + 1) +
         " times: try again when the table is used less, or say how long and how often (--lock-timeout, "
         "--lock-retries; options::lock_timeout_us, lock_retries)";
}

/// Runs `work`, which leaves nothing when it fails, until its locks can be had, or as often as the options say. The
/// revision is the observer's; empty: the work is of no one.
template <class Work>
auto patiently(const options& opts, std::string_view revision, Work work) -> decltype(work()) {
  std::int64_t backoff_us = opts.first_lock_backoff_us;
  for (std::uint32_t retried = 0;; ++retried) {
    try {
      co_return co_await work();
    } catch (const database_error& e) {
      if (!is_locked_out(e) || retried == opts.lock_retries) throw;
    }
    if (opts.watch != nullptr) opts.watch->waiting(revision, retried + 2, backoff_us);
    co_await sleep_for(micros(backoff_us));
    backoff_us = std::min(2 * backoff_us, opts.longest_lock_backoff_us);
  }
}

/// The same with what reads or removes more than one migration's tables. `then` says what the database is like without.
template <class Work>
auto patiently_around(const options& opts, std::string_view what, std::string_view then, Work work)
    -> decltype(work()) {
  try {
    co_return co_await patiently(opts, {}, work);
  } catch (const database_error& e) {
    if (!is_locked_out(e)) throw;
    throw migration_error(errc::migration_failed,
                          std::string(what) + ": " + e.what() + tried_in_vain(opts) + "; " + std::string(then));
  }
}

}  // namespace tupelo::migrate
