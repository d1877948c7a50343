// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

TEST(text_check, text_of_every_length_is_valid_and_invalid_with_one_wrong_byte_anywhere) {
  for (std::size_t size = 0; size < 40; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(is_valid_text(text)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      for (const char wrong : {'\0', '\x80', '\xff', '\xc3'}) {
        text[at] = wrong;
        EXPECT_FALSE(is_valid_text(text)) << size << " " << at;
      }
      text[at] = 'a';
    }
  }
}

TEST(text_check, character_of_several_bytes_is_valid_at_every_place) {
  for (const std::string character : {"é", "€", "😀"}) {
    for (std::size_t before = 0; before < 24; ++before) {
      for (std::size_t behind = 0; behind < 24; ++behind) {
        const std::string text = std::string(before, 'a') + character + std::string(behind, 'z');
        ASSERT_TRUE(is_valid_text(text)) << text;
        ASSERT_FALSE(is_valid_text(std::string_view(text).substr(0, before + character.size() - 1))) << text;
      }
    }
  }
}

TEST(text_check, first_and_last_characters_of_each_length_are_valid) {
  for (const char* text : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_text(text)) << text;
  }
}

TEST(text_check, overlong_forms_surrogates_and_what_is_beyond_unicode_are_invalid) {
  for (const char* text :
       {"\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xe2\x82", "\xe2\x28\xa1", "\xf0\x9f\x98", "\xbf"}) {
    EXPECT_FALSE(is_valid_text(text));
  }
}

TEST(text_check, message_names_the_thing_and_the_place_and_never_the_text) {
  try {
    check_text(std::string_view("hunter2\0", 8), "column \"email\"");
    FAIL();
  } catch (const value_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_text);
    const std::string message = e.what();
    EXPECT_NE(message.find("column \"email\" contains a NUL character (at byte 7)"), std::string::npos) << message;
    EXPECT_EQ(message.find("hunter2"), std::string::npos);
  }
  EXPECT_THROW(check_text("\xff", ""), value_error);
  EXPECT_NO_THROW(check_text("smörgåsbord of plain and other text", "text"));
}

}  // namespace
}  // namespace tupelo
