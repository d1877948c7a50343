// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/operation.hpp"

#include <vector>

namespace tupelo::detail {

/// Who hears of objects of this model that are written there; null: nobody.
inline const event_registry* hearing(const query_source& source, const model_info& info) noexcept {
  const event_registry* const registry = source.listening();
  return registry != nullptr && registry->hears_of(info) ? registry : nullptr;
}
/// Tells what comes before an object is written in this way, and what comes after it. Errors: those of the handlers.
task<void> tell_before(const event_registry& registry, outcome means, any_object object, lease& in);
task<void> tell_after(const event_registry& registry, outcome means, any_object object, lease& in);

}  // namespace tupelo::detail
