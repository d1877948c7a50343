// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/range.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

namespace detail {

/// The ranges of `{[1,3),[5,7)}`. False for text that is no such thing.
/// Source: https://www.postgresql.org/docs/current/rangetypes.html#RANGETYPES-IO
bool split_multirange(std::string_view text, std::vector<std::string_view>& ranges);

}  // namespace detail

/// The values in any of some ranges: int4multirange, int8multirange, nummultirange, datemultirange and tstzmultirange
/// of PostgreSQL.
///
/// The ranges are kept as the database keeps them: in their order, none of them empty, those that touch each other
/// made one. So equal multiranges are equal. Databases without multiranges keep the text.
template <class T>
class multirange {
public:
  using range_type = range<T>;

  multirange() = default;
  multirange(std::initializer_list<range_type> ranges) : ranges_(ranges) { put_in_order(); }
  explicit multirange(std::vector<range_type> ranges) : ranges_(std::move(ranges)) { put_in_order(); }

  const std::vector<range_type>& ranges() const noexcept { return ranges_; }
  auto begin() const noexcept { return ranges_.begin(); }
  auto end() const noexcept { return ranges_.end(); }
  bool is_empty() const noexcept { return ranges_.empty(); }

  bool contains(const T& value) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const range_type& each) { return each.contains(value); });
  }

  friend bool operator==(const multirange&, const multirange&) = default;

private:
  friend struct field_traits<multirange>;

  static bool begins_before(const range_type& a, const range_type& b) {
    if (!a.lower() || !b.lower()) return !a.lower() && b.lower();
    if (*a.lower() == *b.lower()) return a.lower_inclusive() && !b.lower_inclusive();
    return *a.lower() < *b.lower();
  }
  static bool touch(const range_type& first, const range_type& second) {
    if (!first.upper() || !second.lower()) return true;
    if (*first.upper() == *second.lower()) return first.upper_inclusive() || second.lower_inclusive();
    return *second.lower() < *first.upper();
  }
  /// Before: they touch, and `first` begins before `second`.
  static range_type joined(const range_type& first, const range_type& second) {
    const bool to_second = first.upper() && (!second.upper() || *first.upper() < *second.upper() ||
                                             (*first.upper() == *second.upper() && second.upper_inclusive()));
    const range_type& last = to_second ? second : first;
    return range_type(first.lower(), last.upper(), detail::bounds_of(first.lower_inclusive(), last.upper_inclusive()));
  }
  void put_in_order() {
    std::erase_if(ranges_, [](const range_type& each) { return each.is_empty(); });
    std::sort(ranges_.begin(), ranges_.end(), begins_before);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < ranges_.size(); ++i) {
      if (touch(ranges_[kept], ranges_[i])) {
        ranges_[kept] = joined(ranges_[kept], ranges_[i]);
      } else if (++kept != i) {
        ranges_[kept] = std::move(ranges_[i]);
      }
    }
    if (!ranges_.empty()) ranges_.resize(kept + 1);
  }

  std::vector<range_type> ranges_;
};

template <class T>
struct field_traits<multirange<T>> {
  static constexpr std::string_view column_type = detail::range_of<T>::multirange;

  static void to_text(const multirange<T>& value, std::string& out) {
    out = "{";
    std::string text;
    for (const range<T>& each : value) {
      if (out.size() != 1) out += ',';
      field_traits<range<T>>::to_text(each, text);
      out += text;
    }
    out += '}';
  }
  static bool from_text(multirange<T>& value, std::string_view text) {
    std::vector<std::string_view> parts;
    if (!detail::split_multirange(text, parts)) return false;
    std::vector<range<T>> ranges(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!field_traits<range<T>>::from_text(ranges[i], parts[i])) return false;
    }
    value = multirange<T>(std::move(ranges));
    return true;
  }

private:
  static std::vector<range<T>>& ranges_of(void* value) { return static_cast<multirange<T>*>(value)->ranges_; }
  static const std::vector<range<T>>& ranges_of(const void* value) {
    return static_cast<const multirange<T>*>(value)->ranges_;
  }
  static constexpr array_ops ops{&detail::ops_of<range<T>>,
                                 [](const void* value) -> std::size_t { return ranges_of(value).size(); },
                                 [](void* value, std::size_t expected) {
                                   ranges_of(value).clear();
                                   ranges_of(value).reserve(expected);
                                 },
                                 [](void* value, const void* context, void (*fill)(const void*, void*)) {
                                   fill(context, __builtin_addressof(ranges_of(value).emplace_back()));
                                 },
                                 [](const void* value, std::size_t position) -> const void* {
                                   return __builtin_addressof(ranges_of(value)[position]);
                                 }};

public:
  static constexpr custom_form form{.multirange = &ops};
};

}  // namespace tupelo
