// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/patch.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo::detail {

namespace {

expression value_of_field(const field_slot& slot, const void* object) {
  expression made;
  const void* const value = value_of(slot, object);
  if (value == nullptr) {
    made.shape.push(make_word(op::null_value));
    return made;
  }
  push_value(slot, value, made.values);
  const type_ops& stored = stored_type(*slot.type);
  const kind k = kind_in_buffer(stored.k);
  const auto element = k == kind::array
                           ? static_cast<std::uint16_t>(kind_in_buffer(stored_type(innermost_type(stored)).k))
                           : std::uint16_t{0};
  const type_ops* const formed = formed_type(*slot.type);
  const std::uint32_t number = formed != nullptr ? number_of_type(*formed) : 0;
  made.shape.push(make_word(op::value, static_cast<std::uint8_t>(k), element, number));
  return made;
}

}  // namespace

void assign_given(query_core& core, const patch_core& changes, const void* values) {
  const model_info& info = info_of(changes.spec());
  if (changes.given().size() == 0) {
    throw query_error("an update of " + std::string(info.short_name()) +
                      " sets an empty tp::patch: nothing would be changed; ask empty() first");
  }
  for (const std::uint16_t i : info.columns) {
    if (!changes.given().has(i)) continue;
    const field_info& field = info.fields[i];
    if (field.is(field_computed)) {
      throw query_error("an update of " + std::string(info.short_name()) + " sets field " + field.name +
                        ", which the database computes; remove() it from the tp::patch");
    }
    core.assign(op::assign, {info.spec, field.offset}, value_of_field(field.slot(), values));
  }
}

}  // namespace tupelo::detail
