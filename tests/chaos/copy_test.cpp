// SPDX-License-Identifier: Apache-2.0
// A long COPY in whose middle something breaks: no row of it is there, nothing hangs, and the database works on.
#include "scene.hpp"

#include <tupelo/core/deadline.hpp>

#include <cstddef>
#include <optional>

namespace tupelo::chaos {
namespace {

class long_copy : public scene, public ::testing::WithParamInterface<way> {
protected:
  /// Rows without end, unless they are counted.
  static auto entries(std::size_t count = SIZE_MAX) {
    return [count, made = std::size_t{0}]() mutable -> std::optional<Entry> {
      if (made++ == count) return std::nullopt;
      return Entry{.run = "copy", .text = std::string(100, 'x')};
    };
  }
  task<std::int64_t> copied() { return control->query<Entry>().where(col<&Entry::run> == "copy").count(); }
  task<void> expect_lost(database& db) {
    try {
      co_await db.copy_in<Entry>(entries());
      ADD_FAILURE() << "it has no end";
    } catch (const connection_error& e) {
      EXPECT_EQ(e.code(), errc::connection_lost);
    }
  }
};

TEST_P(long_copy, is_undone_when_the_connection_is_cut) {
  run(GetParam(), [&]() -> task<void> {
    for (const fault what : {fault::cut, fault::cut_inside, fault::bad_type}) {
      fault_proxy::gate gate(*proxy, {what, sender::client, 60});
      database db(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam()), .first_backoff_us = 1'000});
      co_await expect_lost(db);
      co_await expect_recovered(db, name_of(what));
      EXPECT_EQ(co_await copied(), 0);
    }
  }());
}
TEST_P(long_copy, is_undone_when_its_session_is_terminated) {
  run(GetParam(), [&]() -> task<void> {
    fault_proxy::gate gate(*proxy);
    database db(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam()), .first_backoff_us = 1'000});
    std::size_t made = 0;
    try {
      co_await db.copy_in<Entry>([&]() -> std::optional<Entry> {
        if (++made == 20'000) sync_wait(terminate("query LIKE 'COPY%'"));
        return Entry{.run = "copy", .text = "x"};
      });
      ADD_FAILURE() << "it has no end";
    } catch (const connection_error& e) {
      EXPECT_EQ(e.code(), errc::connection_lost);
    }
    co_await expect_recovered(db, "terminated");
    EXPECT_EQ(co_await copied(), 0);
  }());
}
TEST_P(long_copy, ends_at_its_deadline_though_nothing_gets_through) {
  run(GetParam(), [&]() -> task<void> {
    fault_proxy::gate gate(*proxy, {fault::stall, sender::client, 60});
    database db(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam()), .first_backoff_us = 1'000});
    try {
      co_await with_deadline(db.copy_in<Entry>(entries()), deadline{steady_now_us() + 300'000});
      ADD_FAILURE() << "it has no end";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::timed_out) << e.what();
    }
    co_await expect_recovered(db, "stalled");
    EXPECT_EQ(co_await copied(), 0);
  }());
}
TEST_P(long_copy, out_that_is_cut_tells_of_it_after_the_rows_it_gave) {
  run(GetParam(), [&]() -> task<void> {
    fault_proxy::gate gate(*proxy, {fault::cut, sender::server, 5'000});
    database db(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam()), .first_backoff_us = 1'000});
    std::int64_t expected = 0;
    try {
      auto rows = db.copy_out<std::int64_t>("SELECT generate_series(1::bigint, 1000000)");
      while (const std::int64_t* row = co_await rows.next()) EXPECT_EQ(*row, ++expected);
      ADD_FAILURE() << "it was cut";
    } catch (const connection_error& e) {
      EXPECT_EQ(e.code(), errc::connection_lost);
    }
    EXPECT_GT(expected, 4'000);
    EXPECT_LT(expected, 5'000);
    co_await expect_recovered(db, "cut");
  }());
}
INSTANTIATE_TEST_SUITE_P(faults, long_copy, ::testing::Values(way::event_loop, way::worker, way::blocking),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace tupelo::chaos
