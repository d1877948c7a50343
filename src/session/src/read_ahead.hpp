// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"

#include <cstddef>
#include <vector>

namespace tupelo::detail {

/// Objects and their values lie anywhere: what a walk over many of them looks at soon is on its way meanwhile.
inline void read_ahead(const std::vector<tracked_object*>& objects, std::size_t at) noexcept {
  constexpr std::size_t object_ahead = 8, value_ahead = 4, line = 64;
  if (at + object_ahead >= objects.size()) return;
  const tracked_object* const object = objects[at + object_ahead];
  __builtin_prefetch(object);
  __builtin_prefetch(reinterpret_cast<const char*>(object) + line);
  __builtin_prefetch(objects[at + value_ahead]->object());
}

}  // namespace tupelo::detail
