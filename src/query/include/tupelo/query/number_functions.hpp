// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

#include <cstdint>
#include <type_traits>

// The same results on every database. NULL where an argument is NULL.

namespace tupelo {

namespace detail {

template <class Left, class Right, class Number>
inline constexpr bool either = std::is_same_v<Left, Number> || std::is_same_v<Right, Number>;
/// The type of arithmetic over two numbers: decimals stay exact, else double wins, else float; integers are computed
/// with 64 bits.
template <class Left, class Right>
using sum_type = std::conditional_t<
    either<Left, Right, decimal>, decimal,
    std::conditional_t<
        either<Left, Right, double>, double,
        std::conditional_t<either<Left, Right, float>, float,
                           std::conditional_t<either<Left, Right, std::uint64_t>, std::uint64_t, std::int64_t>>>>;
template <class Left, class Right>
using sum_of = sum_type<base_of<typename operand<Left>::value_type>, base_of<typename operand<Right>::value_type>>;

/// Errors: query_error for digits that no number has.
std::uint32_t rounding_digits(int digits);

}  // namespace detail

// Columns, expressions and numbers. Integers divide to integers, towards zero; dividing by zero gives NULL.
#define TUPELO_ARITHMETIC(o, f)                                                                                      \
  template <detail::term Left, class Right>                                                                          \
  auto operator o(const Left& left, const Right& right) {                                                            \
    static_assert(detail::term_named<Left>::is_numeric, "tupelo: arithmetic needs a numeric column or expression");  \
    static_assert(detail::term_named<Left>::template computes_with<Right>,                                           \
                  "tupelo: arithmetic needs a number beside a numeric column or expression");                        \
    using value = typename detail::term_named<Left>::type;                                                           \
    if constexpr (detail::term_named<Left>::is_numeric && detail::term_named<Left>::template computes_with<Right>) { \
      return detail::call<detail::sum_of<Left, Right>, value>(function::f, 0, left, right);                          \
    } else {                                                                                                         \
      return detail::call<value, value>(function::f, 0, left);                                                       \
    }                                                                                                                \
  }                                                                                                                  \
  template <class Left, detail::term Right>                                                                          \
    requires(detail::summable<Left>)                                                                                 \
  auto operator o(const Left& left, const Right& right) {                                                            \
    static_assert(detail::term_named<Right>::is_numeric, "tupelo: arithmetic needs a numeric column or expression"); \
    return detail::call<detail::sum_of<Right, Left>, typename detail::term_named<Right>::type>(function::f, 0, left, \
                                                                                               right);               \
  }
TUPELO_ARITHMETIC(+, add)
TUPELO_ARITHMETIC(-, subtract)
TUPELO_ARITHMETIC(*, multiply)
TUPELO_ARITHMETIC(/, divide)
#undef TUPELO_ARITHMETIC
template <detail::term Term>
auto operator-(const Term& term) {
  static_assert(detail::term_named<Term>::is_numeric, "tupelo: arithmetic needs a numeric column or expression");
  using value = typename detail::term_named<Term>::type;
  using computed = detail::sum_of<Term, int>;
  using negative = std::conditional_t<std::is_same_v<computed, std::uint64_t>, std::int64_t, computed>;
  return detail::call<negative, value>(function::multiply, 0, term, -1);
}

/// The rest of a division of integers, with the sign of what is divided; NULL where that is by zero.
template <detail::term Left, class Right>
auto operator%(const Left& left, const Right& right) {
  static_assert(detail::term_named<Left>::is_integer && detail::is_whole<Right>, "tupelo: % needs whole numbers");
  using value = typename detail::term_named<Left>::type;
  return detail::call<value, value>(function::modulo, 0, left, right);
}

/// Without its sign.
template <detail::term Term>
auto abs(const Term& number) {
  static_assert(detail::term_named<Term>::is_numeric, "tupelo: abs() needs a numeric column or expression");
  using value = typename detail::term_named<Term>::type;
  return detail::call<value, value>(function::absolute, 0, number);
}
/// To so many digits behind the point, halves away from zero. Errors: query_error for less than 0 or more than 15
/// digits.
template <detail::term Term>
auto round(const Term& number, int digits = 0) {
  static_assert(detail::term_named<Term>::has_a_fraction,
                "tupelo: round() needs a column or expression of type double, float or tp::decimal");
  using value = typename detail::term_named<Term>::type;
  return detail::call<value, value>(function::round, detail::rounding_digits(digits), number);
}
/// The whole number that is not above it.
template <detail::term Term>
auto floor(const Term& number) {
  static_assert(detail::term_named<Term>::has_a_fraction,
                "tupelo: floor() needs a column or expression of type double, float or tp::decimal");
  using value = typename detail::term_named<Term>::type;
  return detail::call<value, value>(function::floor, 0, number);
}
/// The whole number that is not below it.
template <detail::term Term>
auto ceil(const Term& number) {
  static_assert(detail::term_named<Term>::has_a_fraction,
                "tupelo: ceil() needs a column or expression of type double, float or tp::decimal");
  using value = typename detail::term_named<Term>::type;
  return detail::call<value, value>(function::ceiling, 0, number);
}

}  // namespace tupelo
