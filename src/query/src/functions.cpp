// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/functions.hpp"

#include "tupelo/query/json_place.hpp"
#include "tupelo/query/table_alias.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/interval.hpp"

#include <cstring>
#include <string>

namespace tupelo::detail {

std::uint32_t named_alias(const model_spec& row, std::string_view name) {
  if (name.empty()) throw query_error("an alias needs a name: tp::alias<Model>(\"manager\")");
  return alias_of(row, name);
}

void require_position(std::int64_t position) {
  if (position < 1) {
    throw query_error("substr() counts characters from 1; this query names position " + std::to_string(position));
  }
}

void require_count(std::int64_t count) {
  if (count < 0) {
    throw query_error("substr() takes a number of characters from 0 on; this query names " + std::to_string(count));
  }
}

std::uint32_t rounding_digits(int digits) {
  if (digits < 0 || digits > 15) {
    throw query_error("round() takes 0 to 15 digits behind the point; this query names " + std::to_string(digits));
  }
  return static_cast<std::uint32_t>(digits);
}

std::uint32_t bucket_seconds(std::int64_t microseconds) {
  constexpr std::int64_t second = 1'000'000;
  const std::int64_t seconds = microseconds / second;
  if (microseconds % second != 0 || seconds < 1 || seconds > 0xffffffff) {
    throw query_error("bucket() takes a length of whole seconds, from 1 second to 136 years");
  }
  return static_cast<std::uint32_t>(seconds);
}

void add_step(std::string& steps, std::string_view key) {
  if (key.find('\0') != std::string_view::npos) throw query_error("a key of a JSON path holds a NUL byte");
  steps += 'k';
  steps += key;
  steps += '\0';
}
void add_step(std::string& steps, std::int64_t position) {
  if (position < 0) {
    throw query_error("positions in JSON arrays count from 0; this path names " + std::to_string(position));
  }
  steps += 'p';
  steps += std::to_string(position);
  steps += '\0';
}

namespace {

bool is_negative(const literal& distance) noexcept {
  switch (distance.k) {
    case kind::i64: return static_cast<std::int64_t>(distance.word) < 0;
    case kind::f64: return !(__builtin_bit_cast(double, distance.word) >= 0);  // nor is NaN a distance
    case kind::decimal: return distance.text.starts_with('-') || distance.text == "NaN";
    case kind::interval: {
      interval span;
      std::memcpy(&span, distance.text.data(), sizeof span);
      return span.months < 0 || span.days < 0 || span.microseconds < 0;
    }
    default: return false;
  }
}

}  // namespace

void add_distance(expression& distances, const literal& distance) {
  if (is_negative(distance)) {
    throw query_error("a window's frame reaches no negative distance: tp::preceding() is before the row, "
                      "tp::following() behind it");
  }
  distances.append(expression(distance));
}

std::uint32_t packed_frame(frame_unit unit, frame_bound from, frame_bound to) {
  if (from.rows < 0 || to.rows < 0 || from.rows > window_frame::most_rows || to.rows > window_frame::most_rows) {
    throw query_error("a window's frame reaches 0 to " + std::to_string(window_frame::most_rows) +
                      " rows far; say tp::unbounded_preceding or tp::unbounded_following for more");
  }
  if (from.k > to.k || from.k == frame_bound_kind::unbounded_following ||
      to.k == frame_bound_kind::unbounded_preceding) {
    throw query_error("a window's frame ends before it begins: say what comes first by the order first, "
                      "rows_between(tp::preceding(1), tp::current_row)");
  }
  return window_frame{unit, static_cast<std::uint8_t>(from.k), static_cast<std::uint8_t>(to.k),
                      static_cast<std::uint16_t>(from.rows), static_cast<std::uint16_t>(to.rows)}
      .packed();
}

std::uint32_t told_count(std::string_view function, std::int64_t count, std::int64_t least) {
  if (count < least || count > 0x7fffffff) {
    throw query_error(std::string(function) + "() takes a number from " + std::to_string(least) +
                      " on; this query names " + std::to_string(count));
  }
  return static_cast<std::uint32_t>(count);
}

}  // namespace tupelo::detail
