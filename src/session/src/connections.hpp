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
  ~connections();

  /// Whether objects that are not to be inserted have something to write. Errors: query_error where two objects hold
  /// the same rows.
  bool any(const std::vector<tracked_object*>& owners) const;
  /// Before: what they connect has its keys. Errors: those of the statements; transaction_error (detached_object).
  task<void> write(query_source& in, const std::vector<tracked_object*>& owners, const identity_map& identities,
                   row_copies& copies, std::size_t savepoints);

  /// What was written in savepoints, or since so many were open, is to be written again: by the fields that hold it,
  /// and where these hold other rows now, as after a load, only if it is `kept`.
  void revert(std::size_t savepoints, bool kept);
  /// A savepoint was released: so many are open now.
  void release(std::size_t savepoints);
  void settle();

private:
  /// With shares of the owner and the rows.
  struct owned_rows {
    tracked_object* owner;
    const relation_info* relation;
    held_rows* held;

    bool in_field() const noexcept;
    void retain() const noexcept;
    void drop() const noexcept;
  };
  struct written {
    owned_rows rows;
    std::uint64_t tie;
    std::size_t savepoints;
  };
  void note_written(const owned_rows& rows, std::size_t savepoints, const identity_map& identities, row_copies& copies);
  void forget_left_fields();

  std::vector<written> written_;
  std::vector<owned_rows> left_;  ///< to be written, though no field holds them any more; before what these hold
};

/// Objects of the session that were put into a many_to_many: their rows there are copies of them. Those that are not
/// inserted yet wait; those of another session are connected by their keys. Errors: transaction_error
/// (detached_object).
void follow_originals(held_rows& held, const identity_map& identities, row_copies& copies);
/// The same for those of them that wait in fields of these objects, or for one alone, which is about to become what its
/// row is now.
void follow_originals(const std::vector<tracked_object*>& owners, const tracked_object* one,
                      const identity_map& identities, row_copies& copies);
/// What leaves the session, because it is to be inserted no more, is to be connected no more.
void give_up_connections(const std::vector<tracked_object*>& owners, const std::vector<tracked_object*>& leaving);
/// New objects that were taken out of a many_to_many before they were inserted are to leave the session.
void give_up_new(held_rows& held, std::vector<tracked_object*>& leaving);

}  // namespace tupelo::detail
