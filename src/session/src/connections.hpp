// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "identity_map.hpp"
#include "row_copies.hpp"
#include "undone_work.hpp"

#include "tupelo/engine/parent_changes.hpp"
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
  ~connections();

  /// Whether objects that are not to be inserted have something to write. Errors: query_error where two objects hold
  /// the same rows.
  bool any(const std::vector<tracked_object*>& owners) const;
  /// Whether something of this owner is to be written again.
  bool wait_for(const tracked_object* owner) const noexcept;
  /// What changes in counters and times of the rows that are connected goes to `counts`, to be written by the caller.
  /// Before: what they connect has its keys. Errors: those of the statements; transaction_error (detached_object).
  task<void> write(query_source& in, const std::vector<tracked_object*>& owners, const identity_map& identities,
                   row_copies& copies, std::size_t savepoints, join_counts& counts);

  /// What was written in savepoints, or since so many were open, is undone. `kept`: and is to be written again, before
  /// what fields ask for; else the fields that hold it ask for it.
  void revert(std::size_t savepoints, bool kept);
  /// A savepoint was released: so many are open now.
  void release(std::size_t savepoints);
  void settle();

private:
  /// One row of a join table that was written, or deleted.
  struct tie {
    tracked_object* object;  ///< with a share; null: the session does not have it
    snapshot row;            ///< of such a one
    bool connects;
  };
  /// With shares of the owner and the rows.
  struct written {
    tracked_object* owner;
    const relation_info* relation;
    held_rows* held;
    std::uint64_t number;  ///< in their ties
    std::size_t savepoints;
    std::vector<tie> ties;

    void drop() const noexcept;
    /// The rows ask for being connected, or parted, as before.
    void untie() const noexcept;
  };
  static task<void> write_again(query_source& in, const written& undone, join_counts& counts);
  void note_written(tracked_object* owner, const relation_info& relation, held_rows& held, std::size_t savepoints,
                    const identity_map& identities, row_copies& copies);

  std::vector<written> written_;
  std::vector<written> undone_;  ///< to be written again, in this order
};

/// Objects of the session that were put into a many_to_many: their rows there are copies of them. Those that are not
/// inserted yet wait; those of another session are connected by their keys. Errors: transaction_error
/// (detached_object).
void follow_originals(held_rows& held, const identity_map& identities, row_copies& copies);
/// The same for those of them that wait in fields of these objects, or for one alone, which is about to become what its
/// row is now.
void follow_originals(const std::vector<tracked_object*>& owners, const tracked_object* one,
                      const identity_map& identities, row_copies& copies);
/// Objects that leave the session may be rows of relations that refer to others that have left, and these to them: such
/// circles would never end. These relations refer to what has left no more; to connect it is refused as before.
void forget_left_originals(const std::vector<tracked_object*>& leaving);
/// What leaves the session, because it is to be inserted no more, is to be connected no more.
void give_up_connections(const std::vector<tracked_object*>& owners, const std::vector<tracked_object*>& leaving);
/// Rows that were taken out of a many_to_many: new objects among them that no flush has inserted, also none that was
/// undone, are to leave the session; of the others it is known which ones they are, whatever keys they get.
void follow_taken_out(held_rows& held, const identity_map& identities, row_copies& copies, const undone_work& undone,
                      std::vector<tracked_object*>& leaving);

}  // namespace tupelo::detail
