// SPDX-License-Identifier: Apache-2.0
#include "uuid_clock.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <thread>
#include <type_traits>
#include <unordered_set>
#include <vector>
#include <sys/wait.h>
#include <unistd.h>

namespace tupelo {
namespace {

static_assert(std::is_aggregate_v<uuid> && std::is_trivially_copyable_v<uuid> && sizeof(uuid) == 16);
static_assert(uuid::nil().is_nil() && uuid() == uuid::nil() && uuid::nil().version() == 0);

unsigned variant(const uuid& id) { return id.bytes[8] >> 6; }

TEST(uuid, text_is_the_bytes_in_order) {
  uuid id;
  for (unsigned i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 17);
  EXPECT_EQ(id.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(uuid::nil().to_string(), "00000000-0000-0000-0000-000000000000");
}

TEST(uuid, format_to_writes_exactly_36_characters) {
  char text[38];
  std::fill(std::begin(text), std::end(text), '#');
  EXPECT_EQ(uuid().format_to(text), text + uuid::text_size);
  EXPECT_EQ(text[36], '#');
}

TEST(uuid, text_round_trips) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50'000; ++i) {
    uuid id;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
    ASSERT_EQ(uuid::parse(id.to_string()), id);
  }
}

TEST(uuid, parse_takes_either_case) {
  EXPECT_EQ(uuid::parse("00112233-4455-6677-8899-AABBCCDDEEFF"), uuid::parse("00112233-4455-6677-8899-aabbccddeeff"));
}

TEST(uuid, parse_refuses_other_forms) {
  for (const char* text : {"", "00112233445566778899aabbccddeeff", "{00112233-4455-6677-8899-aabbccddeeff}",
                           "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeefff",
                           "00112233-4455-6677-8899-aabbccddeefg", "0011223-34455-6677-8899-aabbccddeeff",
                           "00112233 4455-6677-8899-aabbccddeeff", "00112233-4455-6677-88990aabbccddeeff",
                           "00112233-4455-6677-8899-aabbccddee\xff\xff"}) {
    EXPECT_THROW(uuid::parse(text), value_error) << text;
    EXPECT_FALSE(uuid::try_parse(text)) << text;
  }
}

TEST(uuid, parse_to_leaves_the_target_alone_when_it_fails) {
  uuid id = uuid::v4();
  const uuid before = id;
  EXPECT_FALSE(uuid::parse_to("00112233-4455-6677-8899-aabbccddeefg", 36, id));
  EXPECT_EQ(id, before);
}

TEST(uuid, order_is_that_of_the_text) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    uuid a;
    uuid b;
    for (auto& byte : a.bytes) byte = static_cast<std::uint8_t>(random());
    for (std::size_t k = 0; k < 16; ++k)
      b.bytes[k] = random() % 8 != 0 ? a.bytes[k] : static_cast<std::uint8_t>(random());
    ASSERT_EQ(a < b, a.to_string() < b.to_string());
    ASSERT_EQ(a == b, a.to_string() == b.to_string());
  }
}

TEST(uuid, v4_has_its_version_and_variant) {
  for (int i = 0; i < 1000; ++i) {
    const uuid id = uuid::v4();
    ASSERT_EQ(id.version(), 4);
    ASSERT_EQ(variant(id), 2u);
  }
}

TEST(uuid, v4_does_not_repeat) {
  std::unordered_set<uuid> seen;
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(seen.insert(uuid::v4()).second);
}

TEST(uuid, v4_bits_are_balanced) {
  constexpr int count = 20'000;
  int ones[128] = {};
  for (int i = 0; i < count; ++i) {
    const uuid id = uuid::v4();
    for (unsigned bit = 0; bit < 128; ++bit) ones[bit] += id.bytes[bit / 8] >> (7 - bit % 8) & 1;
  }
  for (unsigned bit = 0; bit < 128; ++bit) {
    if ((bit >= 48 && bit < 52) || bit == 64 || bit == 65) continue;
    // Ten standard deviations.
    EXPECT_NEAR(ones[bit], count / 2, 710) << bit;
  }
}

TEST(uuid, v7_has_its_version_and_variant) {
  for (int i = 0; i < 1000; ++i) {
    const uuid id = uuid::v7();
    ASSERT_EQ(id.version(), 7);
    ASSERT_EQ(variant(id), 2u);
  }
}

TEST(uuid, v7_begins_with_the_milliseconds_of_now) {
  const std::int64_t before = timestamp::now().us / 1000;
  const uuid id = uuid::v7();
  std::int64_t milliseconds = 0;
  for (unsigned i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | id.bytes[i];
  EXPECT_GE(milliseconds, before);
  // Other cases of this program made many before, which may have pushed the clock ahead.
  EXPECT_LE(milliseconds, timestamp::now().us / 1000 + 1000);
}

TEST(uuid, v7_only_grows) {
  uuid last = uuid::v7();
  for (int i = 0; i < 200'000; ++i) {
    const uuid next = uuid::v7();
    ASSERT_LT(last, next);
    last = next;
  }
}

TEST(uuid, v7_grows_in_every_thread_and_never_repeats) {
  constexpr std::size_t per_thread = 20'000;
  std::vector<std::vector<uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine] {
        for (std::size_t i = 0; i < per_thread; ++i) mine.push_back(uuid::v7());
      });
    }
  }
  std::unordered_set<uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), made.size() * per_thread);
}

TEST(uuid, v7_clock_runs_ahead_when_time_stands_or_is_set_back) {
  detail::uuid_clock clock;
  EXPECT_EQ(clock.next(1000), 1000u);
  EXPECT_EQ(clock.next(1000), 1001u);
  EXPECT_EQ(clock.next(5), 1002u);
  EXPECT_EQ(clock.next(2000), 2000u);
}

TEST(uuid, v7_tick_is_milliseconds_and_4096ths) {
  EXPECT_EQ(detail::uuid_tick(0), 0u);
  EXPECT_EQ(detail::uuid_tick(1'000'000), 4096u);
  EXPECT_EQ(detail::uuid_tick(1'500'000), 4096u + 2048u);
  EXPECT_EQ(detail::uuid_tick(1'999'999), 4096u + 4095u);
}

TEST(uuid, a_forked_child_draws_other_random_bytes) {
  uuid::v4();  // fills this thread's stock
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const uuid id = uuid::v4();
    const auto written = write(pipe_ends[1], id.bytes, sizeof id.bytes);
    _exit(written == static_cast<ssize_t>(sizeof id.bytes) ? 0 : 1);
  }
  const uuid mine = uuid::v4();
  uuid theirs;
  EXPECT_EQ(read(pipe_ends[0], theirs.bytes, sizeof theirs.bytes), static_cast<ssize_t>(sizeof theirs.bytes));
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  EXPECT_NE(mine, theirs);
}

TEST(uuid, messages_do_not_repeat_the_text) {
  try {
    uuid::parse("secret-4711");
    FAIL();
  } catch (const value_error& problem) {
    EXPECT_EQ(std::string_view(problem.what()).find("4711"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace tupelo
