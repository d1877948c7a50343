// SPDX-License-Identifier: Apache-2.0
// expect: Money
// expect: `stored` is no type that a field can have by itself
// errors: 1
#include "blog.hpp"

struct Money {
  std::int64_t cents{};
};
template <>
struct tupelo::field_traits<Money> {
#ifdef GOOD
  using stored = std::int64_t;
#else
  struct stored {
    std::int64_t value;
  };
#endif
  static stored store(const Money& money) { return {money.cents}; }
#ifdef GOOD
  static Money load(stored cents) { return {cents}; }
#else
  static Money load(const stored& from) { return {from.value}; }
#endif
};
struct Thing {
  std::int64_t id{};
  Money price;
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
