// SPDX-License-Identifier: Apache-2.0
// expect: Money
// expect: need `static T load(const stored&)`
// errors: 1
#include "blog.hpp"

struct Money {
  std::int64_t cents{};
};
template <>
struct tupelo::field_traits<Money> {
  using stored = std::int64_t;
  static stored store(const Money& money) { return money.cents; }
#ifdef GOOD
  static Money load(stored cents) { return {cents}; }
#endif
};
struct Thing {
  std::int64_t id{};
  Money price;
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
