// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/bits.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

TEST(bits, are_read_and_written_as_zeros_and_ones) {
  for (const char* text : {"", "0", "1", "10110011", "101100111", "0000000000000001"})
    EXPECT_EQ(bits::parse(text).to_string(), text);
}

TEST(bits, of_other_characters_are_refused_and_not_repeated) {
  bits kept(3, true);
  for (const char* text : {"2", "10 1", "0b1", "\x80"}) {
    EXPECT_FALSE(bits::parse_to(text, kept));
    try {
      bits::parse(text);
      ADD_FAILURE();
    } catch (const value_error& e) {
      EXPECT_EQ(std::string(e.what()).find(text + std::string("\"")), std::string::npos);
    }
  }
  EXPECT_EQ(kept, bits(3, true)) << "untouched";
}

TEST(bits, are_set_one_by_one) {
  bits some(9);
  some.set(8);
  some.set(0);
  some.set(0, false);
  some.push_back(true);
  EXPECT_EQ(some.to_string(), "0000000011");
  EXPECT_TRUE(some[9]);
  EXPECT_FALSE(some[0]);
}

TEST(bits, of_the_same_values_are_equal_however_they_were_made) {
  EXPECT_EQ(bits(11, true), bits::parse("11111111111"));
  EXPECT_NE(bits(8), bits(9));
  bits unpacked;
  ASSERT_TRUE(bits::unpack_to(3, "\xbf", unpacked));
  EXPECT_EQ(unpacked, bits::parse("101")) << "what is left of the last byte is ignored";
  EXPECT_FALSE(bits::unpack_to(8, "ab", unpacked));
  EXPECT_FALSE(bits::unpack_to(9, "a", unpacked));
}

TEST(bits, have_a_binary_form_that_breaks_where_it_is_cut) {
  const bits some = bits::parse("1011001110");
  std::string wire;
  field_traits<bits>::to_binary(some, wire);
  EXPECT_EQ(wire, std::string("\0\0\0\x0a\xb3\x80", 6));
  bits read;
  ASSERT_TRUE(field_traits<bits>::from_binary(read, wire));
  EXPECT_EQ(read, some);
  for (std::size_t size = 0; size < wire.size(); ++size)
    EXPECT_FALSE(field_traits<bits>::from_binary(read, wire.substr(0, size))) << size;
}

}  // namespace
}  // namespace tupelo
