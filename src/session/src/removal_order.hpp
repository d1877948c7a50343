// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace tupelo::detail {

/// By model.
using removed_objects = std::vector<std::pair<const model_info*, std::vector<tracked_object*>>>;

/// In which order rows can be deleted that name each other, and what must be NULL before, because they do so in a
/// circle.
struct removal_order {
  removed_objects parts;
  std::vector<std::pair<tracked_object*, const foreign_key_info*>> emptied;
};

/// The same of what is removed of models in one circle of foreign keys. Without parts: that of the models will do.
/// Errors: query_error for a circle in which no key can be NULL.
removal_order order_of_removal(const removed_objects& removed);

/// The fields of the key that are set to NULL, so that it names nothing.
std::vector<std::uint16_t> fields_to_empty(const model_info& info, const foreign_key_info& key);

}  // namespace tupelo::detail
