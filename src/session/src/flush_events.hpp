// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session_state.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/write_batch.hpp"

#include <unordered_set>
#include <vector>

namespace tupelo {

/// What one flush tells of its objects.
class session::state::flush_events {
public:
  /// `registry` may be null: nothing is told.
  explicit flush_events(const event_registry* registry) noexcept : registry_(registry) {}

  bool hears() const noexcept { return registry_ != nullptr; }
  /// What comes before writing. Handlers may change objects and add others, which are told of as well.
  task<void> before(state& of);
  /// An object has been written.
  void note(detail::write_batch::verb what, const model_info& info, detail::tracked_object& object);
  /// What comes after it.
  task<void> after(state& of);

private:
  struct written {
    detail::write_batch::verb what;
    const model_info* info;
    ref<char> object;
  };
  task<void> tell(state& of, event what, const model_info& info, detail::tracked_object& object);
  /// False: there is nothing to tell.
  task<bool> before_one(state& of, const model_info& info, detail::tracked_object& object, bool given);

  const event_registry* registry_;
  std::unordered_set<const detail::tracked_object*> updating_, restoring_;
  std::vector<written> written_;
};

}  // namespace tupelo
