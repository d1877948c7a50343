// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "blog.hpp"

#include <tupelo/model/native.hpp>
#include <tupelo/model/range.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/time_of_day.hpp>

struct Money {
  std::int64_t cents{};
};
template <>
struct tupelo::field_traits<Money> {
  using stored = std::int64_t;
  static stored store(const Money& money) { return money.cents; }
  static Money load(stored cents) { return {cents}; }
};

/// Fields of the types that are more than one value, or not C++'s own.
struct Thing {
  std::int64_t id{};
  std::string name;
  std::vector<std::string> tags;
  std::vector<int> marks;
  std::vector<tp::interval> spans;
  tp::range<std::int32_t> seats;
  tp::interval span;
  Money price;
};
