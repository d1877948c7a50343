// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/offset_time.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

TEST(offset_time, is_read_as_databases_and_people_write_it) {
  const offset_time noon{time_of_day::from_hms(12, 0), 2 * 3600};
  EXPECT_EQ(offset_time::parse("12:00:00+02"), noon);
  EXPECT_EQ(offset_time::parse("12:00+02:00"), noon);
  EXPECT_EQ(offset_time::parse("12:00:00.5-05:30:15"),
            (offset_time{time_of_day::from_hms(12, 0, 0, 500'000), -(5 * 3600 + 30 * 60 + 15)}));
}

TEST(offset_time, is_read_as_it_was_written) {
  for (const std::int32_t offset : {0, 3600, -3600, 5 * 3600 + 1800, 16 * 3600 - 1, -(16 * 3600 - 1), -1}) {
    const offset_time some{time_of_day{86'399'999'999}, offset};
    EXPECT_EQ(offset_time::parse(some.to_string()), some) << some.to_string();
  }
}

TEST(offset_time, refuses_other_text) {
  for (const char* text : {"", "12:00", "12:00+", "12:00+2", "12:00+16", "12:00+02:60", "12:00+02:00:00:00", "+02",
                           "12:00+02 ", "25:00+00", "12:00+02:"})
    EXPECT_THROW(offset_time::parse(text), value_error) << text;
}

TEST(offset_time, outside_the_day_or_the_world_is_not_written) {
  for (const offset_time& wrong : {offset_time{time_of_day{-1}, 0}, offset_time{time_of_day{0}, 16 * 3600}}) {
    std::string out;
    EXPECT_FALSE(wrong.is_valid());
    EXPECT_THROW(wrong.to_string(), value_error);
    EXPECT_THROW(field_traits<offset_time>::to_binary(wrong, out), value_error);
  }
}

TEST(offset_time, counts_westward_on_the_wire) {
  std::string wire;
  field_traits<offset_time>::to_binary({time_of_day{1}, 3600}, wire);
  EXPECT_EQ(wire, std::string("\0\0\0\0\0\0\0\x01\xff\xff\xf1\xf0", 12));
  offset_time read;
  ASSERT_TRUE(field_traits<offset_time>::from_binary(read, wire));
  EXPECT_EQ(read, (offset_time{time_of_day{1}, 3600}));
  EXPECT_FALSE(field_traits<offset_time>::from_binary(read, wire.substr(1)));
  wire[8] = '\x7f';
  EXPECT_FALSE(field_traits<offset_time>::from_binary(read, wire)) << "an offset of years";
}

}  // namespace
}  // namespace tupelo
