// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tupelo {

/// What a lock on a row keeps others from, from the strongest to the weakest.
enum class lock_strength : std::uint8_t {
  update,         ///< any change, and any lock
  no_key_update,  ///< any change; foreign keys may still come to name the row
  share,          ///< any change; others may lock it so too
  key_share,      ///< deleting it or changing its key
};

/// What happens where another transaction has locked a row.
enum class lock_wait : std::uint8_t {
  wait,  ///< for the end of that transaction
  fail,  ///< `busy` at once
  skip,  ///< the row is left out: several workers share a queue so
};

/// Rows stay locked until the transaction ends: `query.lock(tp::for_update.skip_locked())`,
/// `session.get<User>(id, tp::for_update)`.
///
/// Databases without row locks (SQLite) are locked as a whole by a write transaction: nothing more is done there, and
/// no row is ever locked by somebody else.
struct row_lock {
  lock_strength strength = lock_strength::update;
  lock_wait others = lock_wait::wait;

  constexpr row_lock nowait() const noexcept { return {strength, lock_wait::fail}; }
  constexpr row_lock skip_locked() const noexcept { return {strength, lock_wait::skip}; }
};

inline constexpr row_lock for_update{lock_strength::update};
inline constexpr row_lock for_no_key_update{lock_strength::no_key_update};
inline constexpr row_lock for_share{lock_strength::share};
inline constexpr row_lock for_key_share{lock_strength::key_share};

}  // namespace tupelo
