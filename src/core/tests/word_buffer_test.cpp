// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/word_buffer.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tupelo {
namespace {

TEST(word_buffer, grows_from_inline_storage_to_the_heap_keeping_its_words) {
  inline_word_buffer<4> buffer;
  for (std::uint64_t i = 0; i < 100; ++i) {
    buffer.push(i);
    EXPECT_EQ(buffer.heap == nullptr, i < 4);
  }
  ASSERT_EQ(buffer.size, 100u);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(buffer.data()[i], i);
}

TEST(word_buffer, texts_of_every_length_are_read_back) {
  inline_word_buffer<4> buffer;
  for (std::size_t size = 0; size < 30; ++size) buffer.push_text(std::string(size, 'x'));
  const std::uint64_t* cursor = buffer.data();
  for (std::size_t size = 0; size < 30; ++size) EXPECT_EQ(take_bytes(cursor), std::string(size, 'x'));
  EXPECT_EQ(cursor, buffer.data() + buffer.size);
}

TEST(word_buffer, padding_is_zero_so_that_equal_values_are_equal_words) {
  inline_word_buffer<4> buffer;
  buffer.push(~std::uint64_t{0});
  buffer.push(~std::uint64_t{0});
  buffer.size = 0;
  buffer.push_text("a");
  EXPECT_EQ(buffer.data()[1], std::uint64_t{'a'});
}

TEST(word_buffer, copy_and_move_keep_the_words) {
  inline_word_buffer<2> small;
  small.push(7);
  inline_word_buffer<2> large;
  for (std::uint64_t i = 0; i < 10; ++i) large.push(i);
  const inline_word_buffer<2> copied(large);
  const inline_word_buffer<2> moved(std::move(large));
  EXPECT_EQ(copied.size, 10u);
  EXPECT_EQ(moved.data()[9], 9u);
  EXPECT_EQ(large.size, 0u);
  small = moved;
  EXPECT_EQ(small.data()[9], 9u);
}

TEST(word_buffer, append_joins_two_buffers) {
  inline_word_buffer<2> a;
  a.push(1);
  inline_word_buffer<4> b;
  b.push(2);
  b.push(3);
  a.append(b);
  ASSERT_EQ(a.size, 3u);
  EXPECT_EQ(a.data()[2], 3u);
}

}  // namespace
}  // namespace tupelo
