// SPDX-License-Identifier: Apache-2.0
#include "codec_fixtures.hpp"
#include "numeric.hpp"

#include <cmath>
#include <limits>
#include <random>

namespace tupelo::driver::postgres::testing {
namespace {

std::string written(const decimal& value) {
  send_buffer out;
  write_numeric(out, value);
  return all_of(out);
}
std::string numeric(int weight, int sign, int scale, std::initializer_list<int> digits) {
  std::string bytes = big16(static_cast<std::uint16_t>(digits.size())) + big16(static_cast<std::uint16_t>(weight)) +
                      big16(static_cast<std::uint16_t>(sign)) + big16(static_cast<std::uint16_t>(scale));
  for (const int digit : digits) bytes += big16(static_cast<std::uint16_t>(digit));
  return bytes;
}
numeric_view view_of(const std::string& bytes) {
  numeric_view view;
  if (!numeric_view::read(bytes.data(), bytes.size(), view)) throw std::logic_error("no numeric");
  return view;
}
bool is_numeric(const std::string& bytes) {
  numeric_view view;
  return numeric_view::read(bytes.data(), bytes.size(), view);
}
decimal d(std::string_view text) { return decimal::parse(text); }
std::string back(std::string_view text) {
  const std::string bytes = written(d(text));
  return view_of(bytes).to_decimal().to_string();
}

TEST(numeric, is_written_as_the_server_writes_it) {
  EXPECT_EQ(written(d("0")), numeric(0, 0, 0, {}));
  EXPECT_EQ(written(d("0.00")), numeric(0, 0, 2, {}));
  EXPECT_EQ(written(d("1")), numeric(0, 0, 0, {1}));
  EXPECT_EQ(written(d("-1.10")), numeric(0, 0x4000, 2, {1, 1000}));
  EXPECT_EQ(written(d("10000")), numeric(1, 0, 0, {1}));
  EXPECT_EQ(written(d("12345.6789")), numeric(1, 0, 4, {1, 2345, 6789}));
  EXPECT_EQ(written(d("0.00001")), numeric(-2, 0, 5, {1000}));
  EXPECT_EQ(written(d("0.1")), numeric(-1, 0, 1, {1000}));
}

TEST(numeric, beyond_64_bits_is_written_the_same_way) {
  EXPECT_EQ(written(d("12345678901234567890.5")), numeric(4, 0, 1, {1234, 5678, 9012, 3456, 7890, 5000}));
  EXPECT_EQ(written(d("-100000000000000000000000")), numeric(5, 0x4000, 0, {1000}));
  EXPECT_EQ(written(d("100000000000000000000000.0000")), numeric(5, 0, 4, {1000}));
}

TEST(numeric, special_values_go_both_ways) {
  EXPECT_EQ(written(decimal::nan()), numeric(0, 0xC000, 0, {}));
  EXPECT_EQ(written(decimal::infinity()), numeric(0, 0xD000, 0, {}));
  EXPECT_EQ(written(decimal::negative_infinity()), numeric(0, 0xF000, 0, {}));
  EXPECT_EQ(back("NaN"), "NaN");
  EXPECT_EQ(back("Infinity"), "Infinity");
  EXPECT_EQ(back("-Infinity"), "-Infinity");
}

TEST(numeric, every_text_comes_back_with_its_scale) {
  for (const char* text : {"0",
                           "0.00",
                           "1",
                           "-1",
                           "9999",
                           "10000",
                           "99999999",
                           "100000000",
                           "0.1",
                           "0.0001",
                           "0.00001",
                           "-0.000000001",
                           "1.10",
                           "123456789.123456789",
                           "9223372036854775807",
                           "-9223372036854775808",
                           "9223372036854775808",
                           "18446744073709551615.000",
                           "1000000000000000000000000000000",
                           "0.0000000000000000000000000000000001",
                           "123456789012345678901234567890.123456789012345678901234567890"}) {
    EXPECT_EQ(back(text), text);
  }
}

TEST(numeric, random_decimals_come_back) {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 2 != 0 ? "-" : "");
    text += static_cast<char>('1' + random() % 9);
    for (auto digits = random() % 40; digits > 0; --digits) text += static_cast<char>('0' + random() % 10);
    if (const auto decimals = random() % 30; decimals > 0) {
      text += '.';
      for (auto digits = decimals; digits > 0; --digits) text += static_cast<char>('0' + random() % 10);
    }
    ASSERT_EQ(back(text), text);
  }
}

TEST(numeric, thousands_of_digits_come_back) {
  const std::string longest = std::string(9'000, '9') + "." + std::string(16'383, '1');
  EXPECT_EQ(back(longest), longest);
}

TEST(numeric, double_is_the_nearest) {
  EXPECT_EQ(view_of(written(d("0.1"))).to_double(), 0.1);
  EXPECT_EQ(view_of(written(d("-2.5"))).to_double(), -2.5);
  EXPECT_EQ(view_of(written(d("123456789012345678901234567890"))).to_double(), 123456789012345678901234567890.0);
  EXPECT_EQ(view_of(written(d("1e400"))).to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(view_of(written(d("-1e-400"))).to_double(), 0);
  EXPECT_TRUE(std::isnan(view_of(written(decimal::nan())).to_double()));
}

TEST(numeric, magnitude_is_given_for_whole_numbers_of_64_bits) {
  std::uint64_t magnitude = 0;
  EXPECT_TRUE(view_of(written(d("18446744073709551615.00"))).to_magnitude(magnitude));
  EXPECT_EQ(magnitude, 18446744073709551615u);
  EXPECT_FALSE(view_of(written(d("18446744073709551616"))).to_magnitude(magnitude));
  EXPECT_FALSE(view_of(written(d("0.5"))).to_magnitude(magnitude));
  EXPECT_FALSE(view_of(written(decimal::nan())).to_magnitude(magnitude));
}

TEST(numeric, refuses_bytes_that_are_no_numeric) {
  EXPECT_FALSE(is_numeric(""));
  EXPECT_FALSE(is_numeric(std::string(7, '\0')));
  EXPECT_FALSE(is_numeric(numeric(0, 0, 0, {1}) + "x"));
  EXPECT_FALSE(is_numeric(numeric(0, 0, 0, {1}).substr(0, 9)));
  EXPECT_FALSE(is_numeric(numeric(0, 0, 0, {10000})));
  EXPECT_FALSE(is_numeric(numeric(0, 0x1234, 0, {1})));
  EXPECT_FALSE(is_numeric(numeric(0, 0xC000, 0, {1})));
  EXPECT_FALSE(is_numeric(numeric(0, 0, 16384, {1})));
}

TEST(numeric, refuses_digits_behind_its_scale) {
  EXPECT_FALSE(is_numeric(numeric(0, 0, 0, {1, 5000})));
  EXPECT_FALSE(is_numeric(numeric(0, 0, 2, {1, 5050})));
  EXPECT_TRUE(is_numeric(numeric(0, 0, 2, {1, 5000, 0, 0})));
}

TEST(numeric, hostile_weights_are_harmless) {
  const std::string tiny = numeric(-32768, 0, 16383, {});
  EXPECT_EQ(view_of(tiny).to_decimal(), decimal());
  EXPECT_EQ(view_of(tiny).to_double(), 0);
  const std::string huge = numeric(32767, 0, 0, {1});
  EXPECT_EQ(view_of(huge).to_decimal().precision(), 131'069);
  std::uint64_t magnitude = 0;
  EXPECT_FALSE(view_of(huge).to_magnitude(magnitude));
  EXPECT_TRUE(view_of(numeric(32767, 0, 0, {0, 0})).to_magnitude(magnitude));
  EXPECT_EQ(magnitude, 0u);
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
