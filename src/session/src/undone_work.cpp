// SPDX-License-Identifier: Apache-2.0
#include "undone_work.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tupelo::detail {

void undone_work::clear() noexcept {
  keys.clear();
  rows_.clear();
  filled_.clear();
  failed_ = false;
}

words_view undone_work::known_row(const tracked_object& object) const {
  const auto found = rows_.find(&object);
  return found != rows_.end() ? words_view(found->second) : words_view(object.snapshot);
}

void undone_work::note_filled(tracked_object* object, const key_flow& flow) {
  std::vector<std::uint16_t> fields;
  std::copy_if(flow.to->columns.begin(), flow.to->columns.end(), std::back_inserter(fields),
               [&](std::uint16_t i) { return flow.has_field(i); });
  filled_.push_back({object, std::move(fields), take_snapshot(*flow.to, object->object())});
}

void undone_work::take_back_filled() {
  for (; !filled_.empty(); filled_.pop_back()) {
    const filled_key& last = filled_.back();
    for (const std::uint16_t i : last.fields)
      restore(info_of(*last.object->spec), last.object->object(), last.before, i);
  }
}

void undone_work::forget(const tracked_object* object) {
  rows_.erase(object);
  std::erase_if(filled_, [object](const filled_key& each) { return each.object == object; });
}

}  // namespace tupelo::detail
