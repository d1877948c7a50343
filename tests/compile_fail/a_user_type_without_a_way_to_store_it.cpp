// SPDX-License-Identifier: Apache-2.0
// expect: Money
// expect: field_traits need
// errors: 1
#include "blog.hpp"

struct Money {
  std::int64_t cents{};
};
template <>
struct tupelo::field_traits<Money> {
#ifdef GOOD
  using stored = std::int64_t;
  static stored store(const Money& money) { return money.cents; }
  static Money load(stored cents) { return {cents}; }
#endif
};
struct Thing {
  std::int64_t id{};
  Money price;
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
