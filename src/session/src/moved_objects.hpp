// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace tupelo::detail {

/// Rows in relation fields that an undone transaction has inserted, and that are to be inserted again with what has
/// changed since. Where that is whom they belong to, the field that holds them says it no more.
class moved_objects {
public:
  /// Before: its fields are what they are to be, and its snapshot is the row that was inserted.
  void note(const model_info& info, tracked_object* object);
  /// `owners`: those that have relations.
  void leave(const std::vector<tracked_object*>& owners) const;

private:
  std::unordered_map<const tracked_object*, std::vector<std::uint16_t>> changed_;
};

}  // namespace tupelo::detail
