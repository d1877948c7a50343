// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/statement_cache.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace tupelo {
namespace {

/// Counts the handles that are released on it; nothing is ever run.
class noting_connection final : public driver::connection {
public:
  bool runs_inline() const noexcept override { return true; }
  bool run(driver::request&) noexcept override { return false; }
  void start(driver::request&) noexcept override {}
  void interrupt() noexcept override {}
  void finish(driver::prepared_statement*) noexcept override {}
  void release(driver::prepared_statement* statement) noexcept override { released.push_back(statement); }
  bool usable() const noexcept override { return true; }
  bool in_transaction() const noexcept override { return false; }

  std::vector<driver::prepared_statement*> released;
};

class statement_cache_of_three : public ::testing::Test {
protected:
  static std::uint64_t hash(std::uint64_t word) { return word % 2; }  // so that shapes collide
  cached_statement* find(std::uint64_t word) { return cache.find(hash(word), &word, 1); }
  cached_statement& insert(std::uint64_t word) {
    cached_statement& made = cache.insert(hash(word), &word, 1, std::make_shared<const statement_plan>(), connection);
    made.prepared = handle(word);
    return made;
  }
  static driver::prepared_statement* handle(std::uint64_t word) {
    return reinterpret_cast<driver::prepared_statement*>(word * 16);
  }

  noting_connection connection;
  statement_cache cache{3};
};

TEST_F(statement_cache_of_three, finds_what_was_inserted) {
  insert(1);
  insert(3);
  EXPECT_EQ(find(1)->prepared, handle(1));
  EXPECT_EQ(find(3)->prepared, handle(3));
  EXPECT_EQ(find(5), nullptr) << "another shape of the same hash";
}
TEST_F(statement_cache_of_three, evicts_the_least_recently_used_when_full) {
  for (std::uint64_t word : {1UL, 2UL, 3UL}) insert(word);
  find(1);
  insert(4);
  EXPECT_EQ(find(2), nullptr);
  EXPECT_NE(find(1), nullptr);
  EXPECT_NE(find(3), nullptr);
  EXPECT_NE(find(4), nullptr);
  EXPECT_EQ(cache.size(), 3U);
}
TEST_F(statement_cache_of_three, releases_the_handle_of_what_it_evicts) {
  for (std::uint64_t word : {1UL, 2UL, 3UL, 4UL}) insert(word);
  EXPECT_EQ(connection.released, std::vector<driver::prepared_statement*>{handle(1)});
}
TEST_F(statement_cache_of_three, never_evicts_a_statement_that_a_stream_has_open) {
  for (std::uint64_t word : {1UL, 2UL, 3UL}) insert(word).in_use = true;
  insert(4);
  insert(5);
  for (std::uint64_t word : {1UL, 2UL, 3UL}) EXPECT_NE(find(word), nullptr);
  EXPECT_NE(find(5), nullptr);
}
TEST_F(statement_cache_of_three, grows_while_everything_is_open) {
  for (std::uint64_t word = 1; word <= 100; ++word) insert(word).in_use = true;
  for (std::uint64_t word = 1; word <= 100; ++word) EXPECT_NE(find(word), nullptr);
  EXPECT_TRUE(connection.released.empty());
}
TEST_F(statement_cache_of_three, clear_releases_every_handle) {
  insert(1);
  insert(2);
  cache.clear(connection);
  EXPECT_EQ(connection.released.size(), 2U);
  EXPECT_EQ(find(1), nullptr);
  EXPECT_EQ(cache.size(), 0U);
}
TEST_F(statement_cache_of_three, stays_right_through_many_evictions) {
  for (std::uint64_t round = 1; round < 1000; ++round) {
    insert(round);
    ASSERT_NE(find(round), nullptr);
    if (round > 1) {
      ASSERT_NE(find(round - 1), nullptr);
    }
    ASSERT_LE(cache.size(), 3U);
  }
}

}  // namespace
}  // namespace tupelo
