// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// Whether rows with other values in these columns could stand in each other's way, so that it matters which is written
/// first.
bool may_collide(const model_info& info, const std::vector<std::uint16_t>& fields);
/// In which order rows of one model are updated, so that what gives up a value that is unique comes before what takes
/// it; else as they are. Errors: unique_violation for objects that exchange such values in a circle.
std::vector<std::size_t> order_by_unique_values(const model_info& info,
                                                const std::vector<const tracked_object*>& changed);

/// Of these objects of a model, those whose rows have values that are unique and that others of them take.
std::vector<const tracked_object*> in_the_way(const model_info& info,
                                              const std::vector<const tracked_object*>& objects);

}  // namespace tupelo::detail
