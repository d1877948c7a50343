// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace tupelo {
namespace {

static_assert(std::is_nothrow_move_constructible_v<decimal> && sizeof(decimal) <= 40);
static_assert(!std::is_constructible_v<decimal, bool> && !std::is_constructible_v<decimal, char>);
static_assert(!std::is_convertible_v<double, decimal> && std::is_convertible_v<int, decimal>);

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t int64_min = std::numeric_limits<std::int64_t>::min();
const char* const forty_digits = "1234567890123456789012345678901234567.890";

decimal d(std::string_view text) { return decimal::parse(text); }
std::string same(std::string_view text) { return d(text).to_string(); }

/// Anything from one digit to sixty, with a scale from 0 to 30.
decimal any_decimal(std::mt19937_64& random) {
  std::string text(random() % 2 != 0 ? "-" : "");
  const auto digits = 1 + (random() % 3 == 0 ? random() % 60 : random() % 19);
  for (std::size_t i = 0; i < digits; ++i) text += static_cast<char>('0' + random() % 10);
  if (random() % 2 != 0) {
    text += '.';
    const auto decimals = 1 + random() % 30;
    for (std::size_t i = 0; i < decimals; ++i) text += static_cast<char>('0' + random() % 10);
  }
  return d(text);
}

TEST(decimal, default_is_zero) {
  EXPECT_EQ(decimal().to_string(), "0");
  EXPECT_TRUE(decimal().is_zero());
  EXPECT_EQ(decimal().precision(), 1);
}

TEST(decimal, text_keeps_its_scale) {
  for (const char* text :
       {"0", "0.00", "1.10", "-1.10", "0.001", "-0.001", "100", "12345678901234567890.1234567890", forty_digits}) {
    EXPECT_EQ(same(text), text);
  }
}

TEST(decimal, coefficient_is_given_where_64_bits_hold_it) {
  std::int64_t coefficient = 0;
  EXPECT_TRUE(d("-1.10").unscaled_to(coefficient));
  EXPECT_EQ(coefficient, -110);
  EXPECT_TRUE(decimal(int64_min).unscaled_to(coefficient));
  EXPECT_EQ(coefficient, int64_min);
  EXPECT_FALSE(d(forty_digits).unscaled_to(coefficient));
  EXPECT_FALSE(decimal::nan().unscaled_to(coefficient));
  EXPECT_FALSE(decimal::infinity().unscaled_to(coefficient));
  EXPECT_EQ(coefficient, int64_min);
}

TEST(decimal, parse_takes_every_spelling) {
  EXPECT_EQ(same("+1.5"), "1.5");
  EXPECT_EQ(same(".5"), "0.5");
  EXPECT_EQ(same("5."), "5");
  EXPECT_EQ(same("-.25"), "-0.25");
  EXPECT_EQ(same("007.10"), "7.10");
  EXPECT_EQ(same("00000000000000000000000000000000000000001.0"), "1.0");
  EXPECT_EQ(same("-0.00"), "0.00");
}

TEST(decimal, exponents_move_the_point) {
  EXPECT_EQ(same("1e3"), "1000");
  EXPECT_EQ(same("1.5E-3"), "0.0015");
  EXPECT_EQ(same("1.500e1"), "15.00");
  EXPECT_EQ(same("-12e+20"), "-1200000000000000000000");
  EXPECT_EQ(same("123456789e-20"), "0.00000000000123456789");
  EXPECT_EQ(same("0e99"), "0");
  EXPECT_EQ(same("0e999999999999999999999"), "0");
}

TEST(decimal, parse_takes_nan_and_infinities) {
  EXPECT_EQ(same("NaN"), "NaN");
  EXPECT_EQ(same("-nan"), "NaN");
  EXPECT_EQ(same("Infinity"), "Infinity");
  EXPECT_EQ(same("+INF"), "Infinity");
  EXPECT_EQ(same("-inf"), "-Infinity");
  EXPECT_EQ(same("-Infinity"), "-Infinity");
}

TEST(decimal, parse_refuses_what_is_no_number) {
  for (const char* text :
       {"",   " ",   "+",     "-",   ".",   "-.",   "e5",    ".e5",     "1e",   "1e+", "1e1.5", "1 ",
        " 1", "1,5", "1.2.3", "--1", "+-1", "0x10", "1_000", "infinit", "nan1", "1f",  "\xb2",  "1\xb2"}) {
    EXPECT_THROW(decimal::parse(text), value_error) << text;
    EXPECT_FALSE(decimal::try_parse(text)) << text;
  }
  EXPECT_FALSE(decimal::try_parse(std::string_view("1\0", 2)));
}

TEST(decimal, numbers_beyond_the_limits_are_refused_without_computing_them) {
  for (const char* text :
       {"1e131072", "1e999999999", "1e99999999999999999999999", "1e-16384", "0e-16384", "1e-99999999999999999999"}) {
    try {
      decimal::parse(text);
      ADD_FAILURE() << text;
    } catch (const value_error& problem) {
      EXPECT_EQ(problem.code(), errc::value_out_of_range) << text;
    }
  }
  EXPECT_EQ(d("1e131071").precision(), 131'072);
  EXPECT_EQ(d("1e-16383").scale(), decimal::max_scale);
}

TEST(decimal, results_beyond_the_limits_are_refused) {
  EXPECT_THROW(d("9e131071") + d("9e131071"), value_error);
  EXPECT_THROW(d("1e131071") * 10, value_error);
  EXPECT_THROW(d("1e-16383") * d("0.1"), value_error);
  EXPECT_THROW(d("1e131071").divide(d("0.1"), 0), value_error);
  EXPECT_EQ((d("4e131071") + d("4e131071")).precision(), 131'072);
}

TEST(decimal, text_round_trips) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const decimal value = any_decimal(random);
    const decimal again = d(value.to_string());
    ASSERT_EQ(again, value);
    ASSERT_EQ(again.scale(), value.scale());
    ASSERT_EQ(again.to_string(), value.to_string());
  }
}

TEST(decimal, integers_convert_exactly) {
  EXPECT_EQ(decimal(int64_min).to_string(), "-9223372036854775808");
  EXPECT_EQ(decimal(int64_max).to_string(), "9223372036854775807");
  EXPECT_EQ(decimal(std::numeric_limits<std::uint64_t>::max()).to_string(), "18446744073709551615");
  EXPECT_EQ(decimal(static_cast<signed char>(-7)).to_string(), "-7");
  EXPECT_EQ(decimal::from_unscaled(110, 2).to_string(), "1.10");
  EXPECT_EQ(decimal::from_unscaled(int64_min, 20).to_string(), "-0.09223372036854775808");
  EXPECT_THROW(decimal::from_unscaled(1, -1), value_error);
  EXPECT_THROW(decimal::from_unscaled(1, decimal::max_scale + 1), value_error);
}

TEST(decimal, equality_ignores_the_scale) {
  EXPECT_EQ(d("1.10"), d("1.1"));
  EXPECT_EQ(d("0.000"), 0);
  EXPECT_EQ(d("1e30"), d("1000000000000000000000000000000.00"));
  EXPECT_NE(d("1.10"), d("1.101"));
  EXPECT_EQ(d("1.10") <=> d("1.1"), std::weak_ordering::equivalent);
}

TEST(decimal, order_is_numeric_with_nan_last) {
  const std::vector<decimal> sorted{decimal::negative_infinity(),
                                    d("-1e40"),
                                    d("-9223372036854775809"),
                                    decimal(int64_min),
                                    d("-1.5"),
                                    d("-0.00000000000000000000000000000001"),
                                    decimal(0),
                                    d("1e-40"),
                                    d("0.1"),
                                    d("0.11"),
                                    decimal(1),
                                    decimal(int64_max),
                                    d("9223372036854775808"),
                                    d(forty_digits),
                                    decimal::infinity(),
                                    decimal::nan()};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      EXPECT_EQ(sorted[i] < sorted[k], i < k) << i << ' ' << k;
      EXPECT_EQ(sorted[i] == sorted[k], i == k) << i << ' ' << k;
    }
  }
}

TEST(decimal, order_agrees_with_the_sign_of_the_difference) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const decimal a = any_decimal(random);
    const decimal b = random() % 4 == 0 ? a + decimal::from_unscaled(static_cast<std::int64_t>(random() % 3) - 1, 20)
                                        : any_decimal(random);
    ASSERT_EQ(a < b, (a - b).sign() < 0);
    ASSERT_EQ(a == b, (a - b).is_zero());
  }
}

TEST(decimal, sums_and_products_have_the_scales_of_sql) {
  EXPECT_EQ((d("1.10") + d("2.205")).to_string(), "3.305");
  EXPECT_EQ((d("1.10") - d("1.1")).to_string(), "0.00");
  EXPECT_EQ((d("1.10") * d("2.0")).to_string(), "2.200");
  EXPECT_EQ((d("0.1") + d("0.2")).to_string(), "0.3");
  decimal sum = 1;
  sum += d("0.5");
  sum -= 2;
  sum *= d("-3");
  EXPECT_EQ(sum.to_string(), "1.5");
}

TEST(decimal, arithmetic_crosses_64_bits_exactly) {
  EXPECT_EQ((decimal(int64_max) + 1).to_string(), "9223372036854775808");
  EXPECT_EQ((decimal(int64_max) + 1 - 1).to_int64(), int64_max);
  EXPECT_EQ((-decimal(int64_min)).to_string(), "9223372036854775808");
  EXPECT_EQ((-(-decimal(int64_min))).to_int64(), int64_min);
  EXPECT_EQ((decimal(int64_min) * decimal(int64_min)).to_string(), "85070591730234615865843651857942052864");
  EXPECT_EQ((d(forty_digits) + d("0.110")).to_string(), "1234567890123456789012345678901234568.000");
  EXPECT_EQ((d("99999999999999999999") * d("99999999999999999999")).to_string(),
            "9999999999999999999800000000000000000001");
}

TEST(decimal, arithmetic_obeys_the_laws_of_rings) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 10'000; ++i) {
    const decimal a = any_decimal(random);
    const decimal b = any_decimal(random);
    const decimal c = any_decimal(random);
    ASSERT_EQ(a + b, b + a);
    ASSERT_EQ(a + b - b, a);
    ASSERT_EQ((a + b) + c, a + (b + c));
    ASSERT_EQ(a * b, b * a);
    ASSERT_EQ(a * (b + c), a * b + a * c);
    ASSERT_EQ(-(-a), a);
  }
}

TEST(decimal, divide_rounds_once_to_the_scale) {
  EXPECT_EQ(decimal(1).divide(3, 5).to_string(), "0.33333");
  EXPECT_EQ(decimal(2).divide(3, 5).to_string(), "0.66667");
  EXPECT_EQ(decimal(2).divide(3, 5, rounding::down).to_string(), "0.66666");
  EXPECT_EQ(decimal(-2).divide(3, 0).to_string(), "-1");
  EXPECT_EQ(decimal(1).divide(8, 2).to_string(), "0.12");
  EXPECT_EQ(decimal(1).divide(8, 2, rounding::half_up).to_string(), "0.13");
  EXPECT_EQ(decimal(-1).divide(8, 2, rounding::half_up).to_string(), "-0.13");
  EXPECT_EQ(d("1.000").divide(d("0.5"), 0).to_string(), "2");
  EXPECT_EQ(d("1e-20").divide(d("1e20"), 3).to_string(), "0.000");
  EXPECT_THROW(decimal(1).divide(3, -1), value_error);
  EXPECT_THROW(decimal(1).divide(3, decimal::max_scale + 1), value_error);
}

TEST(decimal, divide_is_within_half_a_unit_of_the_quotient) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 10'000; ++i) {
    const decimal a = any_decimal(random);
    const decimal b = any_decimal(random);
    if (b.is_zero()) continue;
    const auto scale = static_cast<std::int32_t>(random() % 40);
    const decimal quotient = a.divide(b, scale);
    ASSERT_EQ(quotient.scale(), scale);
    ASSERT_LE((quotient * b - a).abs() * 2, b.abs() * decimal::from_unscaled(1, scale));
    const decimal cut = a.divide(b, scale, rounding::down);
    ASSERT_LE((cut * b).abs(), a.abs());
    ASSERT_LT((cut * b - a).abs(), b.abs() * decimal::from_unscaled(1, scale));
  }
}

TEST(decimal, division_by_zero_is_refused) {
  EXPECT_THROW(decimal(1).divide(0, 2), value_error);
  EXPECT_THROW(decimal(0).divide(d("0.00"), 2), value_error);
  EXPECT_THROW(decimal::infinity().divide(0, 2), value_error);
  EXPECT_TRUE(decimal::nan().divide(0, 2).is_nan());
}

TEST(decimal, ties_round_by_the_mode) {
  struct tie {
    const char *value, *half_even, *half_up, *down;
  };
  for (const auto& [value, half_even, half_up, down] : std::initializer_list<tie>{{"0.5", "0", "1", "0"},
                                                                                  {"1.5", "2", "2", "1"},
                                                                                  {"2.5", "2", "3", "2"},
                                                                                  {"-0.5", "0", "-1", "0"},
                                                                                  {"-2.5", "-2", "-3", "-2"},
                                                                                  {"-1.5", "-2", "-2", "-1"},
                                                                                  {"2.51", "3", "3", "2"},
                                                                                  {"2.49", "2", "2", "2"},
                                                                                  {"-2.999", "-3", "-3", "-2"}}) {
    EXPECT_EQ(d(value).round(0).to_string(), half_even);
    EXPECT_EQ(d(value).round(0, rounding::half_up).to_string(), half_up);
    EXPECT_EQ(d(value).round(0, rounding::down).to_string(), down);
    // The same with a coefficient that needs the heap.
    const decimal big = d("100000000000000000000000000000000");
    const int sign = d(value).sign();
    EXPECT_EQ(((sign < 0 ? -big : big) + d(value)).round(0), (sign < 0 ? -big : big) + d(half_even));
    EXPECT_EQ(((sign < 0 ? -big : big) + d(value)).round(0, rounding::half_up), (sign < 0 ? -big : big) + d(half_up));
  }
}

TEST(decimal, round_gives_exactly_the_scale) {
  EXPECT_EQ(d("1.1").round(3).to_string(), "1.100");
  EXPECT_EQ(d("1.10").round(2).to_string(), "1.10");
  EXPECT_EQ(decimal(int64_max).round(5).to_string(), "9223372036854775807.00000");
  EXPECT_EQ(d("9.99").round(1).to_string(), "10.0");
  EXPECT_EQ(d("0.004").round(2).to_string(), "0.00");
  EXPECT_EQ(d("1e-30").round(0).to_string(), "0");
  EXPECT_EQ(decimal(1).round(40).to_string(), "1." + std::string(40, '0'));
}

TEST(decimal, round_with_a_negative_scale_rounds_to_tens) {
  EXPECT_EQ(d("1249.5").round(-2).to_string(), "1200");
  EXPECT_EQ(decimal(1250).round(-2).to_string(), "1200");
  EXPECT_EQ(decimal(1250).round(-2, rounding::half_up).to_string(), "1300");
  EXPECT_EQ(decimal(1350).round(-2).to_string(), "1400");
  EXPECT_EQ(decimal(5).round(-3).to_string(), "0");
  EXPECT_THROW(decimal(5).round(-decimal::max_integer_digits - 1), value_error);
}

TEST(decimal, round_agrees_with_divide_by_one) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 10'000; ++i) {
    const decimal value = any_decimal(random);
    const auto scale = static_cast<std::int32_t>(random() % 20);
    for (const rounding mode : {rounding::half_even, rounding::half_up, rounding::down}) {
      ASSERT_EQ(value.round(scale, mode).to_string(), value.divide(1, scale, mode).to_string());
    }
  }
}

TEST(decimal, nan_and_infinities_compute_as_in_ieee_754) {
  const decimal inf = decimal::infinity();
  const decimal nan = decimal::nan();
  EXPECT_TRUE((nan + 1).is_nan());
  EXPECT_TRUE((decimal(1) * nan).is_nan());
  EXPECT_TRUE((-nan).is_nan());
  EXPECT_EQ(inf + 1, inf);
  EXPECT_EQ(decimal(1) - inf, -inf);
  EXPECT_TRUE((inf - inf).is_nan());
  EXPECT_EQ(inf + inf, inf);
  EXPECT_TRUE((inf * 0).is_nan());
  EXPECT_EQ(inf * -2, -inf);
  EXPECT_EQ(-inf * -inf, inf);
  EXPECT_EQ(inf.divide(-2, 0), -inf);
  EXPECT_TRUE(inf.divide(inf, 0).is_nan());
  EXPECT_EQ(decimal(5).divide(inf, 2).to_string(), "0.00");
  EXPECT_EQ((-inf).abs(), inf);
  EXPECT_EQ(inf.round(2), inf);
  EXPECT_TRUE(nan.round(2).is_nan());
  EXPECT_TRUE(nan.normalized().is_nan());
}

TEST(decimal, observers_tell_the_forms_apart) {
  EXPECT_TRUE(decimal::infinity().is_infinite() && !decimal::infinity().is_finite() && !decimal::infinity().is_nan());
  EXPECT_FALSE(decimal::nan().is_zero() || decimal::nan().is_finite());
  EXPECT_EQ(decimal::negative_infinity().sign(), -1);
  EXPECT_EQ(decimal::infinity().sign(), 1);
  EXPECT_EQ(decimal::nan().sign(), 0);
  EXPECT_EQ(decimal::nan().precision(), 0);
  EXPECT_EQ(d("-1e40").sign(), -1);
}

TEST(decimal, precision_counts_the_digits_of_the_coefficient) {
  EXPECT_EQ(d("1.10").precision(), 3);
  EXPECT_EQ(d("-0.001").precision(), 1);
  EXPECT_EQ(d(forty_digits).precision(), 40);
  EXPECT_EQ(d(forty_digits).scale(), 3);
  EXPECT_EQ(decimal(int64_min).precision(), 19);
}

TEST(decimal, to_int64_takes_whole_numbers_that_fit) {
  EXPECT_EQ(d("1.00").to_int64(), 1);
  EXPECT_EQ(d("-9223372036854775808.0000000000").to_int64(), int64_min);
  EXPECT_EQ(decimal(int64_max).to_int64(), int64_max);
  EXPECT_THROW(d("1.5").to_int64(), value_error);
  EXPECT_THROW(d("0.00000000000000000000001").to_int64(), value_error);
  EXPECT_THROW(d("9223372036854775808").to_int64(), value_error);
  EXPECT_THROW(d("-9223372036854775809").to_int64(), value_error);
  EXPECT_THROW(decimal::nan().to_int64(), value_error);
  EXPECT_THROW(decimal::infinity().to_int64(), value_error);
}

TEST(decimal, from_double_is_the_shortest_that_reads_back) {
  EXPECT_EQ(decimal::from_double(0.1).to_string(), "0.1");
  EXPECT_EQ(decimal::from_double(-2.5).to_string(), "-2.5");
  EXPECT_EQ(decimal::from_double(1e22).to_string(), "10000000000000000000000");
  EXPECT_EQ(decimal::from_double(-0.0).to_string(), "0");
  EXPECT_EQ(decimal::from_double(5e-324).to_double(), 5e-324);
  EXPECT_TRUE(decimal::from_double(std::nan("")).is_nan());
  EXPECT_EQ(decimal::from_double(-std::numeric_limits<double>::infinity()), decimal::negative_infinity());
}

TEST(decimal, doubles_round_trip) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(decimal::from_double(value).to_double(), value);
  }
}

TEST(decimal, to_double_is_the_nearest) {
  EXPECT_EQ(d("0.1").to_double(), 0.1);
  EXPECT_EQ(d("1.10").to_double(), 1.1);
  EXPECT_EQ(d("9007199254740993").to_double(), 9007199254740992.0);
  EXPECT_EQ(d("9007199254740993.0000000000000000000000001").to_double(), 9007199254740994.0);
  EXPECT_TRUE(std::isnan(decimal::nan().to_double()));
  EXPECT_EQ(decimal::infinity().to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(decimal::negative_infinity().to_double(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(d("-1e400").to_double(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(d("1e400").to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(d("1e-400").to_double(), 0.0);
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    const decimal value = any_decimal(random);
    ASSERT_EQ(value.to_double(), std::strtod(value.to_string().c_str(), nullptr));
  }
}

TEST(decimal, normalized_drops_zeros_behind_the_point_only) {
  EXPECT_EQ(d("1.10").normalized().to_string(), "1.1");
  EXPECT_EQ(d("100").normalized().to_string(), "100");
  EXPECT_EQ(d("100.00").normalized().to_string(), "100");
  EXPECT_EQ(d("0.000").normalized().to_string(), "0");
  EXPECT_EQ(d("-1234567890123456789012345.67000").normalized().to_string(), "-1234567890123456789012345.67");
}

TEST(decimal, a_moved_from_decimal_is_still_a_number) {
  decimal value = d(forty_digits);
  const decimal taken = std::move(value);
  EXPECT_EQ(taken.to_string(), forty_digits);
  EXPECT_TRUE(value.is_zero());  // NOLINT(bugprone-use-after-move)
  value = taken;
  EXPECT_EQ(value, taken);
}

TEST(decimal, messages_do_not_repeat_the_text) {
  try {
    decimal::parse("4711secret");
    FAIL();
  } catch (const value_error& problem) {
    EXPECT_EQ(std::string_view(problem.what()).find("4711"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace tupelo
