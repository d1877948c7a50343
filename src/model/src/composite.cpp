// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/composite.hpp"

#include "text_part.hpp"

#include "tupelo/model/model_info.hpp"
#include "tupelo/model/reflect.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo::detail {

attribute_list::attribute_list(const model_spec& spec) {
  std::vector<raw_field> fields(spec.count);
  spec.list_fields(fields.data());
  std::vector<std::string_view> names(spec.count);
  if (spec.names_text && reflect::split_names(spec.names_text, names.data(), spec.count)) {
    names_.reserve(fields.size());
    for (const std::string_view name : names) names_.push_back(snake_case(name));
  }
  slots_.reserve(fields.size());
  for (const raw_field& field : fields)
    slots_.push_back({field.type, field.offset, field.type->k, field.type->nullable, {}});
  for (std::size_t i = 0; i < names_.size(); ++i) slots_[i].column = names_[i];
}

void composite_to_text(const composite_ops& attributes, const void* value, std::string& out) {
  out = "(";
  std::string text;
  for (std::size_t i = 0; i < attributes.count; ++i) {
    const field_slot& slot = attributes.attributes[i];
    if (i != 0) out += ',';
    const void* const attribute = value_of(slot, value);
    if (attribute == nullptr) continue;
    text.clear();
    spell_value(slot, attribute, text);
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += c;
      out += c;
    }
    out += '"';
  }
  out += ')';
}

bool composite_from_text(const composite_ops& attributes, void* value, std::string_view text) {
  if (!text.starts_with('(')) return false;
  std::size_t at = 0;
  std::string part;
  for (std::size_t i = 0; i < attributes.count; ++i) {
    if (i != 0 && text[at] != ',') return false;
    part.clear();
    bool present = false;
    if (!take_part(text, ")", ++at, part, present)) return false;
    const field_slot& slot = attributes.attributes[i];
    if (!present && !slot.nullable) return false;
    try {
      if (present) {
        store_spelled(slot, field_for_value(slot, value), part);
      } else {
        store_null(slot, value);
      }
    } catch (const decode_error&) {
      return false;  // whoever reads a column says it, and which column
    }
  }
  return at + 1 == text.size() && text[at] == ')';
}

}  // namespace tupelo::detail
