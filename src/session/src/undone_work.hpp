// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_flow.hpp"
#include "snapshot.hpp"
#include "stale_keys.hpp"

#include "tupelo/session/ref.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace tupelo::detail {

/// What a session knows of a transaction that was undone because a flush has failed, until one does not fail: what was
/// written in it is to be written again.
class undone_work {
public:
  stale_keys keys;

  bool flush_failed() const noexcept { return failed_; }
  void note_failure() noexcept { failed_ = true; }
  void clear() noexcept;
  /// It knows nothing of single objects.
  bool empty() const noexcept { return rows_.empty() && filled_.empty(); }

  /// The object's row as flushes that did not fail had written it.
  void note_row(const tracked_object& object) { rows_.insert_or_assign(&object, snapshot(object.snapshot)); }
  bool has_row_of(const tracked_object* object) const { return !rows_.empty() && rows_.contains(object); }
  /// What the object is compared with to see what the program has changed: this row, or the one that was read.
  words_view known_row(const tracked_object& object) const;

  /// A flush is about to set the foreign key as a relation field has it.
  void note_filled(tracked_object* object, const key_flow& flow);
  /// It has failed: the program has not set them.
  void take_back_filled();
  void forget_filled() noexcept { filled_.clear(); }
  /// Of what leaves the session.
  void forget(const tracked_object* object);

private:
  struct filled_key {
    tracked_object* object;
    std::vector<std::uint16_t> fields;
    snapshot before;
  };
  std::unordered_map<const tracked_object*, snapshot> rows_;
  std::vector<filled_key> filled_;
  bool failed_ = false;
};

}  // namespace tupelo::detail
