// SPDX-License-Identifier: Apache-2.0
#include "array_decoder.hpp"

#include "network_order.hpp"
#include "oid.hpp"

#include <tupelo/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tupelo::driver::postgres {

namespace {

[[noreturn, gnu::cold]] void refuse_dimensions(const field_slot& slot) {
  throw decode_error(
      errc::type_mismatch,
      "column \"" + std::string(slot.column) +
          "\" holds an array of more than one dimension, which its field cannot; select a part of it, or "
          "read it into a text field",
      std::string(slot.column));
}

/// Walks over the elements of an array's text.
class literal_reader {
public:
  literal_reader(const field_slot& slot, std::string_view text) : slot_(slot), text_(text) {
    if (text_.starts_with('[')) {  // bounds: [2:4]={…}
      const std::size_t sign = text_.find('=');
      if (sign == std::string_view::npos) refuse();
      text_.remove_prefix(sign + 1);
    }
    if (text_.size() < 2 || text_.front() != '{' || text_.back() != '}') refuse();
    text_ = text_.substr(1, text_.size() - 2);
  }

  /// Moves to the next element; false behind the last one.
  bool next() {
    if (at_ == text_.size()) return false;
    if (at_ != 0 && (text_[at_++] != ',' || at_ == text_.size())) refuse();
    element_.clear();
    quoted_ = text_[at_] == '"';
    if (quoted_) ++at_;
    for (; at_ < text_.size() && text_[at_] != (quoted_ ? '"' : ','); ++at_) {
      if (!quoted_ && text_[at_] == '{') refuse_dimensions(slot_);
      if (text_[at_] == '\\' && ++at_ == text_.size()) refuse();
      element_ += text_[at_];
    }
    if (quoted_ && at_++ == text_.size()) refuse();
    if (!quoted_ && element_.empty()) refuse();
    return true;
  }
  bool is_null() const noexcept { return !quoted_ && element_ == "NULL"; }
  std::string_view element() const noexcept { return element_; }

private:
  [[noreturn]] void refuse() const { throw_malformed(slot_, "{…}"); }

  const field_slot& slot_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string element_;
  bool quoted_ = false;
};

}  // namespace

void decode_array(const column_form* forms, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size) {
  constexpr std::uint32_t head = 12;      // dimensions, whether there are NULLs, type of the elements
  constexpr std::uint32_t dimension = 8;  // number of elements, number of the first one
  constexpr std::uint32_t most_dimensions = 6;
  if (size < head) refuse_length(slot);
  const std::uint32_t dimensions = load32(data);
  const bool is_expected = element_type != 0 ? load32(data + 8) == element_type : load32(data + 8) >= first_user_oid;
  if (dimensions > most_dimensions || load32(data + 4) > 1 || !is_expected) refuse_length(slot);
  if (dimensions > 1) refuse_dimensions(slot);
  const char* p = data + head;
  const char* const end = data + size;
  std::uint32_t count = 0;
  if (dimensions == 1) {
    if (size < head + dimension) refuse_length(slot);
    count = load32(p);
    p += dimension;
  }
  // Each element has its length in front: no count that the bytes do not bear out is believed.
  if (count > static_cast<std::size_t>(end - p) / 4) refuse_length(slot);
  slot.type->array->clear(field, count);
  const field_slot element = element_slot(slot);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (end - p < 4) refuse_length(slot);
    const std::uint32_t length = load32(p);
    p += 4;
    if (length == 0xffffffffu) {
      add_null_element(slot, field);
      continue;
    }
    if (length > static_cast<std::size_t>(end - p)) refuse_length(slot);
    add_element(slot, field,
                [&](void* place) { decode_value(forms, 0, element, field_for_value(element, place), p, length); });
    p += length;
  }
  if (p != end) refuse_length(slot);
}

void decode_array_text(const field_slot& slot, void* field, std::string_view text) {
  const field_slot element = element_slot(slot);
  slot.type->array->clear(field, 0);
  literal_reader reader(slot, text);
  while (reader.next()) {
    if (reader.is_null()) {
      add_null_element(slot, field);
    } else {
      add_element(slot, field,
                  [&](void* place) { store_spelled(element, field_for_value(element, place), reader.element()); });
    }
  }
}

}  // namespace tupelo::driver::postgres
