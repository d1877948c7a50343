// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <random>

namespace tupelo {
namespace {

using namespace std::string_view_literals;

TEST(bytes, text_is_copied_with_embedded_nul) {
  const bytes data = to_bytes("a\0b"sv);
  EXPECT_EQ(data.size(), 3u);
  EXPECT_EQ(as_text(data), "a\0b"sv);
  EXPECT_TRUE(to_bytes("").empty());
  EXPECT_TRUE(as_text({}).empty());
}

TEST(bytes, hex_is_two_lower_case_digits_per_byte) {
  EXPECT_EQ(to_hex(to_bytes("\x00\x7f\xff\x0a"sv)), "007fff0a");
  EXPECT_EQ(to_hex({}), "");
}

TEST(bytes, hex_is_read_in_either_case) { EXPECT_EQ(from_hex("00fFaB"), to_bytes("\x00\xff\xab"sv)); }

TEST(bytes, hex_round_trips) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    bytes data(random() % 64);
    for (auto& byte : data) byte = static_cast<std::byte>(random());
    ASSERT_EQ(from_hex(to_hex(data)), data);
  }
}

TEST(bytes, what_is_not_hex_is_refused) {
  for (const char* text : {"0", "abc", "0x", "g0", "0g", " 0", "0:", "/0", "@0", "`0"}) {
    EXPECT_THROW(from_hex(text), value_error) << text;
    EXPECT_FALSE(try_from_hex(text)) << text;
  }
}

TEST(bytes, base64_is_that_of_rfc_4648) {
  const char* const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [data, text] : pairs) {
    EXPECT_EQ(to_base64(to_bytes(data)), text);
    EXPECT_EQ(try_from_base64(text), to_bytes(data));
  }
}

TEST(bytes, base64_round_trips_beyond_one_piece) {
  bytes data((std::size_t{3} << 20) + 1000);
  std::mt19937_64 random(2);
  for (auto& byte : data) byte = static_cast<std::byte>(random());
  EXPECT_EQ(try_from_base64(to_base64(data)), data);
}

TEST(bytes, what_is_not_base64_is_refused) {
  for (const char* text : {"Zg", "Zg=", "Z===", "====", "Zm9v\n", " Zm9", "Zm-_", "Zg==Zg==", "Zh==", "Zm9="}) {
    EXPECT_EQ(try_from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tupelo
