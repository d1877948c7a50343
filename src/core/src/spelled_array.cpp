// SPDX-License-Identifier: Apache-2.0
#include "spelled_array.hpp"

#include <tupelo/core/array_shape.hpp>
#include <tupelo/core/error.hpp>

#include <cstddef>

namespace tupelo::detail {

namespace {

/// Fills arrays from their text; the field's type says how deep they lie in each other.
class array_reader {
public:
  array_reader(const field_slot& slot, std::string_view text) : slot_(slot), text_(text) {
    if (text_.starts_with('[')) {  // bounds: [2:4]={…}
      const std::size_t sign = text_.find('=');
      if (sign == std::string_view::npos) refuse();
      text_.remove_prefix(sign + 1);
    }
  }

  void read(void* array) {
    if (text_ == "{}") return slot_.type->array->clear(array, 0);
    read_rows(slot_, array);
    if (at_ != text_.size()) refuse();
  }

private:
  void read_rows(const field_slot& slot, void* array) {
    slot.type->array->clear(array, 0);
    const field_slot element = element_slot(slot);
    if (!take('{')) refuse();
    do {
      if (element.k == kind::array) {
        if (at_ == text_.size() || is_next('}')) refuse();
        if (!is_next('{')) throw_other_dimensions(slot_);
        add_element(slot, array, [&](void* place) { read_rows(element, place); });
        continue;
      }
      if (is_next('{')) throw_other_dimensions(slot_);
      const bool quoted = read_element();
      if (!quoted && element_ == "NULL") {
        add_null_element(slot, array);
      } else {
        add_element(slot, array,
                    [&](void* place) { store_spelled(element, field_for_value(element, place), element_); });
      }
    } while (take(','));
    if (!take('}')) refuse();
  }

  /// Gives whether it stood in quotes.
  bool read_element() {
    element_.clear();
    const bool quoted = take('"');
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quoted ? c == '"' : c == ',' || c == '}') break;
      if (c == '\\' && ++at_ == text_.size()) refuse();
      element_ += text_[at_];
    }
    if (quoted ? !take('"') : element_.empty()) refuse();
    return quoted;
  }

  bool is_next(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) noexcept {
    if (!is_next(c)) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void refuse() const { throw_malformed(slot_, "{…}"); }

  const field_slot& slot_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string element_;
};

void spell_rows(const field_slot& slot, const void* array, std::string& out) {
  const array_ops& ops = *slot.type->array;
  const field_slot element = element_slot(slot);
  std::string text;
  out += '{';
  for (std::size_t i = 0; i < ops.size(array); ++i) {
    if (i != 0) out += ',';
    const void* const value = value_of(element, ops.at(array, i));
    if (value == nullptr) {
      out += "NULL";
    } else if (element.k == kind::array) {
      spell_rows(element, value, out);
    } else {
      text.clear();
      spell_value(element, value, text);
      out += '"';
      for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
    }
  }
  out += '}';
}

}  // namespace

void store_spelled_array(const field_slot& slot, void* array, std::string_view text) {
  array_reader(slot, text).read(array);
}

void spell_array(const field_slot& slot, const void* array, std::string& out) {
  array_shape shape;
  if (const std::string_view problem = measure_array(slot, array, shape); !problem.empty()) {
    std::string message = slot.column.empty() ? "an attribute" : "attribute \"" + std::string(slot.column) + "\"";
    throw value_error(errc::invalid_value, message.append(": the value is ").append(problem));
  }
  spell_rows(slot, array, out);
}

}  // namespace tupelo::detail
