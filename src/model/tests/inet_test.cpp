// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/cidr.hpp"
#include "tupelo/model/inet.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tupelo {
namespace {

using v4 = std::array<std::uint8_t, 4>;

TEST(inet, is_read_as_it_is_written) {
  for (const char* text :
       {"0.0.0.0", "255.255.255.255", "10.0.0.1", "10.0.0.1/8", "10.0.0.1/0", "::", "::1", "2001:db8::1",
        "2001:db8::1/64", "::/0", "::ffff:10.0.0.1", "fe80::1:0:0:1/127", "1:2:3:4:5:6:7:8"})
    EXPECT_EQ(inet::parse(text).to_string(), text);
}

TEST(inet, has_one_spelling_however_it_was_read) {
  EXPECT_EQ(inet::parse("10.0.0.1/32").to_string(), "10.0.0.1");
  EXPECT_EQ(inet::parse("2001:0DB8:0:0:0:0:0:1/128").to_string(), "2001:db8::1");
  EXPECT_EQ(inet::parse("::10.0.0.1"), inet::parse("::a00:1"));
}

TEST(inet, refuses_other_text) {
  for (const char* text : {"",
                           "10",
                           "10.0.0",
                           "10.0.0.256",
                           "10.0.0.01",
                           "10.0.0.1/",
                           "10.0.0.1/33",
                           "10.0.0.1/08",
                           "10.0.0.1/-1",
                           "10.0.0.1/8/8",
                           " 10.0.0.1",
                           "10.0.0.1 ",
                           "1:2:3:4:5:6:7",
                           "1::2::3",
                           "::/129",
                           "fe80::1%eth0",
                           "[::1]",
                           "12345::",
                           "localhost",
                           "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000"})
    EXPECT_THROW(inet::parse(text), value_error) << text;
  inet out;
  EXPECT_FALSE(inet::parse_to(std::string_view("10.0.0.1\0", 9), out));
}

TEST(inet, knows_its_network) {
  const inet address = inet::parse("10.1.2.3/12");
  EXPECT_EQ(address.host(), inet(v4{10, 1, 2, 3}));
  EXPECT_EQ(address.network(), inet::parse("10.0.0.0/12"));
  EXPECT_EQ(inet::parse("2001:db8:ffff::1/33").network(), inet::parse("2001:db8:8000::/33"));
  EXPECT_EQ(inet::parse("10.1.2.3/0").network(), inet::parse("0.0.0.0/0"));
  EXPECT_TRUE(address.contains(inet::parse("10.15.0.1")));
  EXPECT_TRUE(address.contains(address));
  EXPECT_FALSE(address.contains(inet::parse("10.16.0.1")));
  EXPECT_FALSE(address.contains(inet::parse("10.0.0.0/8")));
  EXPECT_FALSE(inet::parse("0.0.0.0/0").contains(inet::parse("::")));
}

TEST(inet, is_ordered_as_the_server_orders_it) {
  const std::vector<const char*> ordered{"0.0.0.0/0", "9.255.255.255", "10.0.0.0/8",  "10.0.0.1/8", "10.0.0.0/9",
                                         "10.0.0.1",  "10.128.0.0/9",  "11.0.0.0/32", "::/0",       "::1"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j)
      EXPECT_EQ(inet::parse(ordered[i]) <=> inet::parse(ordered[j]), i <=> j) << ordered[i] << " " << ordered[j];
  }
}

TEST(inet, has_the_servers_binary_form) {
  std::string wire;
  field_traits<inet>::to_binary(inet::parse("10.0.0.1/8"), wire);
  EXPECT_EQ(wire, std::string("\2\x08\0\4\x0a\0\0\1", 8));
  inet read;
  ASSERT_TRUE(field_traits<inet>::from_binary(read, wire));
  EXPECT_EQ(read, inet::parse("10.0.0.1/8"));
  for (const std::string& wrong :
       {std::string("\3\x08\0\4\x0a\0\0\1", 8), std::string("\2\x21\0\4\x0a\0\0\1", 8), wire + "x", wire.substr(0, 7),
        wire.substr(0, 3), std::string("\2\x08\0\x10\x0a\0\0\1", 8)})
    EXPECT_FALSE(field_traits<inet>::from_binary(read, wrong));
}

TEST(cidr, is_always_written_with_its_prefix) {
  EXPECT_EQ(cidr::parse("10.0.0.1").to_string(), "10.0.0.1/32");
  EXPECT_EQ(cidr::parse("2001:db8::/32").to_string(), "2001:db8::/32");
  EXPECT_EQ(cidr(inet::parse("10.1.2.3/8")).to_string(), "10.0.0.0/8");
  EXPECT_EQ(cidr().to_string(), "0.0.0.0/32");
}

TEST(cidr, has_no_bits_behind_its_prefix) {
  EXPECT_THROW(cidr::parse("10.0.0.1/8"), value_error);
  cidr read;
  EXPECT_FALSE(field_traits<cidr>::from_binary(read, std::string("\2\x08\1\4\x0a\0\0\1", 8)));
  ASSERT_TRUE(field_traits<cidr>::from_binary(read, std::string("\2\x08\1\4\x0a\0\0\0", 8)));
  EXPECT_EQ(read, cidr::parse("10.0.0.0/8"));
}

TEST(cidr, contains_addresses_and_networks) {
  const cidr ten = cidr::parse("10.0.0.0/8");
  EXPECT_TRUE(ten.contains(inet::parse("10.200.0.1")));
  EXPECT_TRUE(ten.contains(cidr::parse("10.1.0.0/16")));
  EXPECT_FALSE(ten.contains(cidr::parse("0.0.0.0/0")));
  EXPECT_LT(ten, cidr::parse("10.0.0.0/9"));
}

}  // namespace
}  // namespace tupelo
