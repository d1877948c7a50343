// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/patch.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo::detail {

std::size_t patch_core::position(const field_ref& field) const {
  const model_info& info = info_of(*spec_);
  const int position = field.model == spec_ ? info.find_offset(field.offset) : -1;
  if (position < 0 || info.fields[static_cast<std::size_t>(position)].is(field_relation)) {
    throw model_error("a tp::patch or tp::rules of " + std::string(info.short_name()) +
                      " is asked for a field that is no column of it; name one of its own, inside of a value object "
                      "with tp::col<&Outer::field, &Inner::field>");
  }
  return static_cast<std::size_t>(position);
}

void patch_core::require(const field_ref& field) const {
  if (has(field)) return;
  const model_info& info = info_of(*spec_);
  throw query_error("field " + info.fields[position(field)].name + " is not given in this tp::patch of " +
                    std::string(info.short_name()) + "; ask has() first");
}

void patch_core::refuse_own(violations& found) const {
  const model_info& info = info_of(*spec_);
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    if (given_.has(i) && is_own(info.fields[i]))
      found.push_back({info.fields[i].name, "cannot be set here", errc::validation_failed});
  }
}

}  // namespace tupelo::detail
