// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/database_options.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

TEST(database_health, is_written_as_json) {
  database_health found;
  found.up = true;
  found.connections = 4;
  found.in_use = 1;
  found.idle = 3;
  found.latency_us = 2'013;
  EXPECT_EQ(found.to_json(), R"({"status":"up","connections":4,"in_use":1,"idle":3,"waiting":0,"latency_ms":2.013})");
}
TEST(database_health, tells_why_it_is_down) {
  database_health found;
  found.failure = "connection_failed";
  found.latency_us = 7;
  EXPECT_EQ(found.to_json(), R"({"status":"down","connections":0,"in_use":0,"idle":0,"waiting":0,)"
                             R"("latency_ms":0.007,"failure":"connection_failed"})");
}
TEST(database_health, names_the_hosts_that_are_left_alone) {
  database_health found;
  found.up = true;
  found.hosts = {{"db1:5432", driver::circuit::open, 3, 7, 3}, {"db2:5432", driver::circuit::closed, 0, 9, 0}};
  EXPECT_EQ(found.to_json(), R"({"status":"up","connections":0,"in_use":0,"idle":0,"waiting":0,)"
                             R"("latency_ms":0.000,"hosts":{"db1:5432":"open"}})");
}

}  // namespace
}  // namespace tupelo
