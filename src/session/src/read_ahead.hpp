// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/held_rows.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstddef>
#include <vector>

namespace tupelo::detail {

/// Objects and their values lie anywhere: what a walk over many of them looks at soon is on its way meanwhile.
inline void read_ahead(const std::vector<tracked_object*>& objects, std::size_t at) noexcept {
  constexpr std::size_t object_ahead = 16, value_ahead = 8, line = 64;
  if (at + object_ahead >= objects.size()) return;
  const tracked_object* const object = objects[at + object_ahead];
  __builtin_prefetch(object);
  __builtin_prefetch(reinterpret_cast<const char*>(object) + line);
  const tracked_object* const near = objects[at + value_ahead];
  __builtin_prefetch(near->object());
  __builtin_prefetch(static_cast<const char*>(near->object()) + near->spec->size - 1);
}

/// The same for a walk that looks at the rows which relation fields of the objects hold, too. `info`: of the object
/// before this one; null: there is none.
inline void read_held_ahead(const std::vector<tracked_object*>& owners, std::size_t at,
                            const model_info* info) noexcept {
  constexpr std::size_t rows_ahead = 4, parts_ahead = 2, part_ahead = 1, line = 64;
  read_ahead(owners, at);
  if (info == nullptr || at + rows_ahead >= owners.size()) return;
  for (const relation_info& relation : info->relations) {
    const auto rows_of = [&](std::size_t ahead) -> loaded_rows* {
      const tracked_object* const owner = owners[at + ahead];
      if (owner->spec != info->spec) return nullptr;
      return loaded_rows_of(static_cast<const char*>(owner->object()) + info->fields[relation.field].offset);
    };
    if (const loaded_rows* const rows = rows_of(rows_ahead)) {
      for (std::size_t of = 0; of < sizeof(held_rows); of += line)
        __builtin_prefetch(reinterpret_cast<const char*>(rows) + of);
    }
    const auto held_by = [&](std::size_t ahead) -> const held_rows* {
      const loaded_rows* const rows = rows_of(ahead);
      return rows != nullptr && rows->origin == rows_origin::held ? static_cast<const held_rows*>(rows) : nullptr;
    };
    if (const held_rows* const held = held_by(parts_ahead)) {
      __builtin_prefetch(held->parts.data());
      __builtin_prefetch(held->fates.data());
    }
    if (const held_rows* const held = held_by(part_ahead)) {
      for (std::size_t i = held->stored; i != held->count; ++i) __builtin_prefetch(held->parts[i]);
    }
  }
}

}  // namespace tupelo::detail
