// SPDX-License-Identifier: Apache-2.0
// Lists that are too long for placeholders, as one parameter that json_each takes apart.
#include "json_array.hpp"
#include "value_binder.hpp"
#include "value_checks.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <cstring>

namespace tupelo::driver {

void value_binder::bind_json_list(int place, const bind_step& step) {
  const std::uint64_t count = *cursor_++;
  std::string text = "[";
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i != 0) text += ',';
    append_json_value(text, step);
  }
  text += ']';
  bind_copy(place, text);
}

void value_binder::append_json_value(std::string& out, const bind_step& step) {
  const field_slot& slot = step.slot;
  switch (step.k) {
    // What json_each gives is compared with a column as it is stored: 1, a document's text, a real.
    case kind::boolean: out += std::to_string(*cursor_++); return;
    case kind::json: {
      const std::string_view text = take_bytes(cursor_);
      require_text(text, slot);
      return append_quoted(out, text);
    }
    case kind::decimal: return append_real(out, checked_double(checked_decimal(take_bytes(cursor_), slot), slot));
    default: append_json_element(out, step.k, cursor_, slot);
  }
}

}  // namespace tupelo::driver
