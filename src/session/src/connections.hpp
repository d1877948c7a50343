// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "identity_map.hpp"
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
  static bool any(const std::vector<tracked_object*>& owners);
  /// Before: what they connect has its keys. Errors: those of the statements; transaction_error (detached_object).
  task<void> write(query_source& in, const std::vector<tracked_object*>& owners, const identity_map& identities,
                   row_copies& copies, std::size_t savepoints);

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
/// inserted yet wait; those of another session are connected by their keys. Errors: transaction_error
/// (detached_object).
void follow_originals(held_rows& held, const identity_map& identities, row_copies& copies);
/// The same for those of them that wait in fields of these objects, or for one alone, which is about to become what its
/// row is now.
void follow_originals(const std::vector<tracked_object*>& owners, const tracked_object* one,
                      const identity_map& identities, row_copies& copies);
/// New objects that were taken out of a many_to_many before they were inserted are to leave the session.
void give_up_new(held_rows& held, std::vector<tracked_object*>& leaving);

}  // namespace tupelo::detail
