// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo {

/// Which ends of a range belong to it.
enum class range_bounds : std::uint8_t { closed_open, closed, open, open_closed };

namespace detail {

/// What `range` needs to know of the type of its bounds.
template <class T>
struct range_of;
template <>
struct range_of<std::int32_t> {
  static constexpr std::string_view name = "int4range";
  static constexpr std::string_view multirange = "int4multirange";
  static constexpr bool is_discrete = true;
};
template <>
struct range_of<std::int64_t> {
  static constexpr std::string_view name = "int8range";
  static constexpr std::string_view multirange = "int8multirange";
  static constexpr bool is_discrete = true;
};
template <>
struct range_of<date> {
  static constexpr std::string_view name = "daterange";
  static constexpr std::string_view multirange = "datemultirange";
  static constexpr bool is_discrete = true;
};
template <>
struct range_of<decimal> {
  static constexpr std::string_view name = "numrange";
  static constexpr std::string_view multirange = "nummultirange";
  static constexpr bool is_discrete = false;
};
template <>
struct range_of<timestamp> {
  static constexpr std::string_view name = "tstzrange";
  static constexpr std::string_view multirange = "tstzmultirange";
  static constexpr bool is_discrete = false;
};

// The next value of a discrete type. Errors: value_error (value_out_of_range) behind the last one.
std::int32_t next_value(std::int32_t value);
std::int64_t next_value(std::int64_t value);
date next_value(date value);
/// Infinity has none, so that a range to it keeps whether it belongs to the range, as the database keeps it.
constexpr bool has_next(std::int64_t) noexcept { return true; }
constexpr bool has_next(date value) noexcept { return !value.is_infinite(); }

std::string bound_text(std::int64_t value);
std::string bound_text(date value);
std::string bound_text(timestamp value);
std::string bound_text(const decimal& value);
bool read_bound(std::string_view text, std::int32_t& out);
bool read_bound(std::string_view text, std::int64_t& out);
bool read_bound(std::string_view text, date& out);
bool read_bound(std::string_view text, timestamp& out);
bool read_bound(std::string_view text, decimal& out);

/// A range's text, taken apart. Bounds that are missing are without end.
struct range_text {
  bool empty = false;
  bool has_lower = false;
  bool has_upper = false;
  bool lower_inclusive = false;
  bool upper_inclusive = false;
  std::string lower{};
  std::string upper{};

  /// Source: https://www.postgresql.org/docs/current/rangetypes.html#RANGETYPES-IO
  static bool parse(std::string_view text, range_text& out);
  std::string to_string() const;
};

[[noreturn]] void throw_reversed_range();

constexpr range_bounds bounds_of(bool lower_inclusive, bool upper_inclusive) noexcept {
  if (lower_inclusive) return upper_inclusive ? range_bounds::closed : range_bounds::closed_open;
  return upper_inclusive ? range_bounds::open_closed : range_bounds::open;
}

}  // namespace detail

/// The values between two bounds, each of which may be missing, or none at all: int4range, int8range, numrange,
/// daterange and tstzrange of PostgreSQL for std::int32_t, std::int64_t, tp::decimal, tp::date and tp::timestamp.
///
/// Ranges of whole numbers and days are kept as `[lower, upper)`, as the database keeps them, so that equal ranges are
/// equal; only a bound at infinity is kept as it is. Databases without ranges keep the text, and refuse contains() and
/// overlaps(). Errors: value_error (invalid_value) for a lower bound above the upper one.
template <class T>
class range {
  using traits = detail::range_of<T>;

public:
  using bound_type = T;
  static constexpr std::string_view range_name = traits::name;

  // ---- create

  /// The empty range.
  range() = default;
  /// `range(1, 5)` is `[1, 5)`; `std::nullopt` as bound: no bound.
  range(std::optional<T> lower, std::optional<T> upper, range_bounds bounds = range_bounds::closed_open)
      : lower_(std::move(lower)), upper_(std::move(upper)), empty_(false) {
    lower_inclusive_ = lower_ && (bounds == range_bounds::closed_open || bounds == range_bounds::closed);
    upper_inclusive_ = upper_ && (bounds == range_bounds::closed || bounds == range_bounds::open_closed);
    if (lower_ && upper_ && *upper_ < *lower_) detail::throw_reversed_range();
    if constexpr (traits::is_discrete) {
      if (lower_ && !lower_inclusive_ && detail::has_next(*lower_)) {
        lower_ = detail::next_value(*lower_);
        lower_inclusive_ = true;
      }
      if (upper_ && upper_inclusive_ && detail::has_next(*upper_)) {
        upper_ = detail::next_value(*upper_);
        upper_inclusive_ = false;
      }
    }
    if (lower_ && upper_ && (*upper_ < *lower_ || (*upper_ == *lower_ && !(lower_inclusive_ && upper_inclusive_))))
      *this = range();
  }
  /// This one value.
  static range only(const T& value) { return range(value, value, range_bounds::closed); }
  /// Every value.
  static range all() { return range(std::nullopt, std::nullopt); }

  // ---- read

  bool is_empty() const noexcept { return empty_; }
  const std::optional<T>& lower() const noexcept { return lower_; }
  const std::optional<T>& upper() const noexcept { return upper_; }
  bool lower_inclusive() const noexcept { return lower_inclusive_; }
  bool upper_inclusive() const noexcept { return upper_inclusive_; }

  bool contains(const T& value) const {
    if (empty_) return false;
    if (lower_ && (value < *lower_ || (value == *lower_ && !lower_inclusive_))) return false;
    return !upper_ || value < *upper_ || (value == *upper_ && upper_inclusive_);
  }

  friend bool operator==(const range&, const range&) = default;

private:
  std::optional<T> lower_{};
  std::optional<T> upper_{};
  bool lower_inclusive_ = false;
  bool upper_inclusive_ = false;
  bool empty_ = true;
};

template <class T>
struct field_traits<range<T>> {
  static constexpr std::string_view column_type = range<T>::range_name;
  static void to_text(const range<T>& value, std::string& out) {
    detail::range_text text{value.is_empty(), value.lower().has_value(), value.upper().has_value(),
                            value.lower_inclusive(), value.upper_inclusive()};
    if (value.lower()) text.lower = detail::bound_text(*value.lower());
    if (value.upper()) text.upper = detail::bound_text(*value.upper());
    out = text.to_string();
  }
  static bool from_text(range<T>& value, std::string_view text) {
    detail::range_text read;
    if (!detail::range_text::parse(text, read)) return false;
    if (read.empty) {
      value = range<T>();
      return true;
    }
    std::optional<T> lower, upper;
    if (read.has_lower && !detail::read_bound(read.lower, lower.emplace())) return false;
    if (read.has_upper && !detail::read_bound(read.upper, upper.emplace())) return false;
    return assemble(value, std::move(lower), std::move(upper), read.lower_inclusive, read.upper_inclusive);
  }

private:
  static bool assemble(range<T>& value, std::optional<T> lower, std::optional<T> upper, bool lower_inclusive,
                       bool upper_inclusive) {
    if (lower && upper && *upper < *lower) return false;
    value = range<T>(std::move(lower), std::move(upper), detail::bounds_of(lower_inclusive, upper_inclusive));
    return true;
  }
  static range_parts parts(const void* from) {
    const auto& value = *static_cast<const range<T>*>(from);
    return {value.lower() ? __builtin_addressof(*value.lower()) : nullptr,
            value.upper() ? __builtin_addressof(*value.upper()) : nullptr, value.lower_inclusive(),
            value.upper_inclusive(), value.is_empty()};
  }
  static bool make(void* to, const range_parts& shape, const void* context,
                   void (*fill)(const void* context, bool upper, void* bound)) {
    auto& value = *static_cast<range<T>*>(to);
    value = range<T>();
    if (shape.empty) return true;
    std::optional<T> lower, upper;
    if (shape.lower != nullptr) fill(context, false, __builtin_addressof(lower.emplace()));
    if (shape.upper != nullptr) fill(context, true, __builtin_addressof(upper.emplace()));
    return assemble(value, std::move(lower), std::move(upper), shape.lower_inclusive, shape.upper_inclusive);
  }
  static constexpr range_ops ops{&detail::ops_of<T>, &parts, &make};

public:
  static constexpr custom_form form{.range = &ops};
};

}  // namespace tupelo
