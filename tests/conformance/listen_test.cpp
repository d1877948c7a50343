// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <stdexcept>

namespace tupelo::conformance {
namespace {

class notifications : public conformance_test {
protected:
  notifications() {
    // A channel is the whole database's, so each test has its own.
    channel = "orders_" + uuid::v4().to_string().substr(0, 8);
  }
  static task<notification> next_within(listener& heard, std::int64_t us) {
    return with_deadline(heard.next(), deadline{steady_now_us() + us});
  }
  static constexpr std::int64_t patience_us = 20'000'000;

  std::string channel;
};
TUPELO_CONFORMANCE_SUITE(notifications);

#define REQUIRE_LISTENING()                    \
  TUPELO_NEEDS(&feature_table::notifications); \
  TUPELO_NEEDS(trait::own_connection)

TEST_P(notifications, are_refused_by_name_where_the_database_has_none) {
  TUPELO_NEEDS_NO(&feature_table::notifications);
  const auto refused = failure_of<query_error>([&] { sync_wait(db.listen("orders")); });
  EXPECT_EQ(refused.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(refused.what()).find(db.sql_dialect().name()), std::string::npos) << refused.what();
  EXPECT_EQ(failure_of<query_error>([&] { sync_wait(db.notify("orders", "1")); }).code(), errc::unsupported_feature);
}
TEST_P(notifications, are_not_listened_to_through_a_pooler_of_transactions) {
  TUPELO_NEEDS(&feature_table::notifications);
  TUPELO_NEEDS_NO(trait::own_connection);
  const auto refused = failure_of<query_error>([&] { sync_wait(db.listen(channel)); });
  EXPECT_EQ(refused.code(), errc::unsupported_feature);
  sync_wait(db.notify(channel, "to those who are not behind it"));
}
TEST_P(notifications, are_heard_with_channel_payload_and_sender) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    co_await db.notify(channel, "order 7 is 'paid'");
    const notification first = co_await next_within(heard, patience_us);
    EXPECT_FALSE(first.is_gap());
    EXPECT_EQ(first.channel, channel);
    EXPECT_EQ(first.payload, "order 7 is 'paid'");
    EXPECT_NE(first.server_process, 0);
  });
}
TEST_P(notifications, of_several_channels_come_in_their_order) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel, channel + "_b");
    EXPECT_EQ(heard.channels().size(), 2U);
    for (int i = 0; i < 50; ++i) co_await db.notify(i % 2 == 0 ? channel : channel + "_b", std::to_string(i));
    for (int i = 0; i < 50; ++i) {
      const notification next = co_await next_within(heard, patience_us);
      EXPECT_EQ(next.payload, std::to_string(i));
      EXPECT_EQ(next.channel, i % 2 == 0 ? channel : channel + "_b");
    }
  });
}
TEST_P(notifications, of_a_transaction_are_heard_when_it_commits) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    co_await db.transaction([&](session& s) -> task<void> {
      co_await s.notify(channel, "committed");
      // Sent by another connection in the meantime, and there first.
      co_await db.notify(channel, "first");
    });
    EXPECT_EQ((co_await next_within(heard, patience_us)).payload, "first");
    EXPECT_EQ((co_await next_within(heard, patience_us)).payload, "committed");
  });
}
TEST_P(notifications, of_a_transaction_that_is_rolled_back_are_not_heard) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    try {
      co_await db.transaction([&](session& s) -> task<void> {
        co_await s.notify(channel, "undone");
        throw std::runtime_error("undo");
      });
    } catch (const std::runtime_error&) {}
    co_await db.notify(channel, "kept");
    EXPECT_EQ((co_await next_within(heard, patience_us)).payload, "kept");
  });
}
TEST_P(notifications, of_channels_with_any_name_are_heard) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    const std::string name = "It's a \"channel\" é; --" + channel;
    auto heard = co_await db.listen(name);
    co_await db.notify(name);
    const notification first = co_await next_within(heard, patience_us);
    EXPECT_EQ(first.channel, name);
    EXPECT_EQ(first.payload, "");
  });
}
TEST_P(notifications, are_not_lost_by_a_deadline_that_passes_before_them) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    bool passed = false;
    try {
      co_await next_within(heard, 5'000);
    } catch (const timed_out&) {
      passed = true;
    }
    EXPECT_TRUE(passed);
    co_await db.notify(channel, "late");
    EXPECT_EQ((co_await next_within(heard, patience_us)).payload, "late");
  });
}
TEST_P(notifications, are_awaited_until_cancelled) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    cancel_source source;
    source.request_cancel();
    bool stopped = false;
    try {
      co_await with_cancellation(heard.next(), source.token());
    } catch (const cancelled&) {
      stopped = true;
    }
    EXPECT_TRUE(stopped);
    co_await db.notify(channel, "late");
    EXPECT_EQ((co_await next_within(heard, patience_us)).payload, "late");
  });
}
TEST_P(notifications, after_a_lost_connection_begin_with_a_gap) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    co_await db
        .raw_sql<bool>("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE ?",
                       "LISTEN%" + channel + "%")
        .all();
    const notification gap = co_await next_within(heard, patience_us);
    EXPECT_TRUE(gap.is_gap());
    EXPECT_EQ(gap.channel, "");
    co_await db.notify(channel, "again");
    EXPECT_EQ((co_await next_within(heard, patience_us)).payload, "again");
  });
}
TEST_P(notifications, end_with_their_database) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    auto heard = co_await db.listen(channel);
    EXPECT_EQ(db.statistics().listening, 1U);
    co_await db.close();
    try {
      co_await heard.next();
      ADD_FAILURE() << "the database is closed";
    } catch (const connection_error& e) {
      EXPECT_EQ(e.code(), errc::pool_closed);
    }
  });
  EXPECT_EQ(db.statistics().listening, 0U);
}
TEST_P(notifications, take_no_connection_of_the_pool) {
  REQUIRE_LISTENING();
  run([&]() -> task<void> {
    const auto heard = co_await db.listen(channel);
    EXPECT_EQ(db.statistics().in_use, 0U);
    EXPECT_EQ(db.statistics().connections, 0U);
  });
}
TEST_P(notifications, with_names_or_payloads_that_no_server_takes_are_refused) {
  TUPELO_NEEDS(&feature_table::notifications);
  EXPECT_THROW(sync_wait(db.notify("", "x")), value_error);
  EXPECT_THROW(sync_wait(db.notify(std::string(64, 'c'), "x")), value_error);
  EXPECT_THROW(sync_wait(db.listen("")), value_error);
  EXPECT_THROW(sync_wait(db.listen(std::string("a\0b", 3))), value_error);
  EXPECT_THROW(sync_wait(db.listen(std::vector<std::string>())), value_error);
  const auto refused = failure_of<value_error>([&] { sync_wait(db.notify(channel, std::string(8000, 'x'))); });
  EXPECT_EQ(refused.code(), errc::value_out_of_range);
  EXPECT_NE(std::string(refused.what()).find("8000 bytes"), std::string::npos);
  sync_wait(db.notify(std::string(63, 'c'), std::string(7999, 'x')));
}

}  // namespace
}  // namespace tupelo::conformance
