// SPDX-License-Identifier: Apache-2.0
#include <tupelo/security/sealing_key.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

const sealing_key key("0123456789abcdef0123456789abcdef");

TEST(sealing_key, opens_what_it_sealed) {
  for (const std::string& bytes : {std::string(), std::string("a"), std::string("ab"), std::string("abc\0\xff", 5)}) {
    EXPECT_EQ(key.open(key.seal(bytes, "test"), "test"), bytes);
  }
}
TEST(sealing_key, seals_in_letters_that_stand_in_urls) {
  const std::string text = key.seal(std::string(100, '\xfb'), "test");
  EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}
TEST(sealing_key, refuses_every_change) {
  const std::string sealed = key.seal("page 7", "test");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THROW(key.open(changed, "test"), value_error) << i;
  }
  EXPECT_THROW(key.open(sealed.substr(1), "test"), value_error);
  EXPECT_THROW(key.open(sealed + "A", "test"), value_error);
  EXPECT_THROW(key.open("", "test"), value_error);
  EXPECT_THROW(key.open("no base64!", "test"), value_error);
}
TEST(sealing_key, refuses_what_was_sealed_for_another_purpose_or_with_another_secret) {
  const sealing_key other("0123456789abcdef0123456789abcdeF");
  EXPECT_THROW(key.open(key.seal("a", "one"), "two"), value_error);
  EXPECT_THROW(other.open(key.seal("a", "one"), "one"), value_error);
}
TEST(sealing_key, refuses_a_short_secret) { EXPECT_THROW(sealing_key("too short"), value_error); }

}  // namespace
}  // namespace tupelo
