// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/url_options.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

database_options read(const std::string& options) {
  driver::url url = driver::url::parse("x://host/db?" + options);
  database_options into;
  take_url_options(url, into);
  return into;
}
std::string refusal(const std::string& options) {
  try {
    static_cast<void>(read(options));
  } catch (const configuration_error& e) {
    return e.what();
  }
  return {};
}

TEST(url_options, count_connections) {
  const database_options read_options = read("pool_size=20&max_overflow=5&min_idle=3&statement_cache_size=9");
  EXPECT_EQ(read_options.pool_size, 20U);
  EXPECT_EQ(read_options.max_overflow, 5U);
  EXPECT_EQ(read_options.min_idle, 3U);
  EXPECT_EQ(read_options.statement_cache_size, 9U);
}
TEST(url_options, measure_time_in_milliseconds_or_a_unit) {
  EXPECT_EQ(read("acquire_timeout=250").acquire_timeout_us, 250'000);
  EXPECT_EQ(read("idle_timeout=5min").idle_timeout_us, 300'000'000);
  EXPECT_EQ(read("max_lifetime=1h").max_lifetime_us, 3'600'000'000);
  EXPECT_EQ(read("keepalive_interval=30s").keepalive_interval_us, 30'000'000);
  EXPECT_EQ(read("validate_after=0").validate_after_us, 0);
  EXPECT_EQ(read("leak_threshold=20s").leak_threshold_us, 20'000'000);
  EXPECT_EQ(read("queue_target=50ms&queue_interval=700us").queue_target_us, 50'000);
  EXPECT_EQ(read("queue_interval=700us").queue_interval_us, 700);
}
TEST(url_options, leave_to_the_driver_what_is_its_own) {
  driver::url url = driver::url::parse("x://host/db?pool_size=2&sslmode=require");
  database_options into;
  take_url_options(url, into);
  ASSERT_EQ(url.options().size(), 1U);
  EXPECT_EQ(url.options()[0].key, "sslmode");
}
TEST(url_options, that_cannot_be_used_are_refused_by_name) {
  EXPECT_NE(refusal("pool_size=0").find("pool_size"), std::string::npos);
  EXPECT_NE(refusal("pool_size=many").find("pool_size"), std::string::npos);
  EXPECT_NE(refusal("idle_timeout=5 parsecs").find("idle_timeout"), std::string::npos);
  EXPECT_NE(refusal("idle_timeout=-1").find("idle_timeout"), std::string::npos);
  EXPECT_NE(refusal("max_lifetime=99999999999999999999h").find("max_lifetime"), std::string::npos);
  EXPECT_NE(refusal("max_lifetime=9223372036854775807h").find("max_lifetime"), std::string::npos);
}

}  // namespace
}  // namespace tupelo
