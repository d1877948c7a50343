// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/shape.hpp"

#include "tupelo/model/model_spec.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace tupelo {

std::uint8_t list_bucket(std::size_t count) noexcept {
  return count == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(std::bit_width(std::bit_ceil(count)));
}

std::uint64_t column_ref::word(op o, std::uint8_t sub) const noexcept {
  return make_word(o, sub, offset, id_of(*model));
}

namespace {

op fused(comparison c) noexcept {
  return static_cast<op>(static_cast<std::uint8_t>(op::column_compare) + static_cast<std::uint8_t>(c));
}

std::uint8_t sub(kind k) noexcept { return static_cast<std::uint8_t>(k); }

std::int64_t widen(const void* data, std::size_t i, int signed_size) noexcept {
  switch (signed_size) {
    case 1: return static_cast<const std::int8_t*>(data)[i];
    case -1: return static_cast<const std::uint8_t*>(data)[i];
    case 2: return static_cast<const std::int16_t*>(data)[i];
    case -2: return static_cast<const std::uint16_t*>(data)[i];
    case 4: return static_cast<const std::int32_t*>(data)[i];
    case -4: return static_cast<const std::uint32_t*>(data)[i];
    default: return static_cast<const std::int64_t*>(data)[i];
  }
}

void push_list(word_buffer& shape, word_buffer& values, column_ref column, kind k, std::size_t count) {
  shape.push(make_word(op::list, list_bucket(count)));
  shape.push(column.model ? column.word(op::in_list, sub(k)) : make_word(op::in_list, sub(k)));
  values.push(count);
}

}  // namespace

expression::expression() noexcept = default;
expression::expression(expression&& other) noexcept = default;
expression::expression(const expression& other) noexcept = default;
expression& expression::operator=(expression&& other) noexcept = default;
expression& expression::operator=(const expression& other) noexcept = default;
void expression::free() noexcept {
  shape.drop();
  values.drop();
}

expression::expression(column_ref column) noexcept : shape(column.word(op::column)) {}
expression::expression(std::uint64_t word) noexcept : shape(word) {}

expression::expression(column_ref column, comparison c, const literal& value) noexcept
    : shape(column.word(fused(c), sub(value.k))) {
  if (value.k == kind::null) [[unlikely]] {
    shape.words[0] = column.word(op::column);
    if (c == comparison::equal || c == comparison::not_equal) {
      shape.push(make_word(c == comparison::equal ? op::is_null : op::is_not_null));
    } else {  // nothing is less or more than NULL
      shape.push(make_word(op::null_value));
      shape.push(make_word(op::compare, static_cast<std::uint8_t>(c)));
    }
    return;
  }
  value.push_to(values);
}
expression::expression(const literal& value) noexcept
    : shape(value.k == kind::null
                ? make_word(op::null_value)
                : make_word(op::value, sub(value.k), static_cast<std::uint16_t>(value.element), value.type)) {
  if (value.k != kind::null) value.push_to(values);
}
expression::expression(column_ref left, comparison c, column_ref right) noexcept {
  std::uint64_t* place = shape.room(3);
  place[0] = left.word(op::column);
  place[1] = right.word(op::column);
  place[2] = make_word(op::compare, static_cast<std::uint8_t>(c));
}
expression::expression(column_ref column, kind k, const void* integers, std::size_t count, int signed_size) noexcept {
  push_list(shape, values, column, k, count);
  std::uint64_t* place = values.room(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i) place[i] = static_cast<std::uint64_t>(widen(integers, i, signed_size));
}
expression::expression(column_ref column, kind k, const std::string_view* texts, std::size_t count) noexcept {
  push_list(shape, values, column, k, count);
  for (std::size_t i = 0; i < count; ++i) values.push_text(texts[i]);
}
expression::expression(column_ref column, kind k, const word_buffer& listed, std::size_t count) noexcept {
  push_list(shape, values, column, k, count);
  values.append(listed);
}

expression& expression::append(const expression& other) noexcept {
  shape.append(other.shape);
  values.append(other.values);
  return *this;
}
expression& expression::combine(const expression& other, std::uint64_t o) noexcept {
  append(other);
  shape.push(o);
  return *this;
}
expression& expression::push(std::uint64_t word) noexcept {
  shape.push(word);
  return *this;
}
expression& expression::push_text(std::string_view sql) noexcept {
  const auto words = static_cast<std::uint32_t>((sql.size() + 7) / 8);
  std::uint64_t* place = shape.room(words + 1);
  place[0] = make_word(op::text, 0, 0, static_cast<std::uint32_t>(sql.size()));
  if (words) {
    place[words] = 0;
    std::memcpy(place + 1, sql.data(), sql.size());
  }
  return *this;
}
expression& expression::push_query(const word_buffer& query_shape, const word_buffer& query_values, op after) noexcept {
  if (query_shape.size > 0xffff) {
    shape.push(make_word(op::too_large));
    return *this;
  }
  shape.push(make_word(op::query, 0, static_cast<std::uint16_t>(query_shape.size)));
  shape.append(query_shape);
  shape.push(make_word(after));
  values.append(query_values);
  return *this;
}

bool detail::same_words(const expression& a, const expression& b) noexcept {
  return std::equal(a.shape.data(), a.shape.data() + a.shape.size, b.shape.data(), b.shape.data() + b.shape.size) &&
         std::equal(a.values.data(), a.values.data() + a.values.size, b.values.data(), b.values.data() + b.values.size);
}

}  // namespace tupelo
