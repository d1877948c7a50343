// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_copies.hpp"

#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/held_rows.hpp"
#include "tupelo/core/task.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// What the program has put into many_to_many fields of a session's objects, and taken away from them, as rows of their
/// join tables.
class connections {
public:
  connections() = default;
  connections(const connections&) = delete;
  connections& operator=(const connections&) = delete;
  ~connections() { settle(); }

  /// Whether objects that are not to be inserted have something to write. Errors: query_error where two objects hold
  /// the same rows.
  static bool any(const std::vector<tracked_object*>& objects);
  /// Before: what they connect has its keys. Errors: those of the statements; transaction_error (detached_object).
  task<void> write(query_source& source, const std::vector<tracked_object*>& objects, row_copies& copies,
                   std::size_t savepoints);

  /// What was written in savepoints, or since so many were open, is to be written again.
  void revert(std::size_t savepoints);
  /// A savepoint was released: so many are open now.
  void release(std::size_t savepoints);
  void settle();

private:
  struct written {
    held_rows* rows;  ///< with a share
    std::uint64_t tie;
    std::size_t savepoints;
  };
  std::vector<written> written_;
};

/// Objects of the session that were put into a many_to_many: their rows there are copies of them. Those that are not
/// inserted yet wait. Errors: transaction_error (detached_object).
void follow_originals(held_rows& held, row_copies& copies);

}  // namespace tupelo::detail
