// SPDX-License-Identifier: Apache-2.0
// Many rows out: by COPY where the database has it, and to the same effect where it has not.
#include "ledger.hpp"

#include <tuple>

namespace tupelo::conformance {
namespace {

struct Manuscript {
  std::int64_t id{};
  std::string title{};
  std::optional<std::string> author{};
  json content{};

  static void model(tupelo::model<Manuscript>& m) { m.unique(&Manuscript::title); }
};

class copy_out : public conformance_test {
protected:
  copy_out() {
    create<Team, Manuscript, Note>();
    sync_wait(db.copy_in(make_teams(count)));
  }
  /// What is left of a COPY is read when nobody waits for it.
  void wait_until_unused() {
    while (db.statistics().in_use != 0) sync_wait(db.ping());
  }
  static constexpr int count = 3000;
};
TUPELO_CONFORMANCE_SUITE(copy_out);

TEST_P(copy_out, gives_all_rows) {
  run([&]() -> task<void> {
    std::vector<bool> seen(count);
    auto rows = db.copy_out<Team>();
    while (const Team* team = co_await rows.next()) {
      EXPECT_EQ(team->name, "team " + std::to_string(team->points));
      seen[static_cast<std::size_t>(team->points)] = true;
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), true), count);
    EXPECT_EQ(co_await rows.next(), nullptr);
  });
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(copy_out, of_an_empty_table_gives_none) {
  run([&]() -> task<void> {
    auto rows = db.copy_out<Manuscript>();
    EXPECT_EQ(co_await rows.next(), nullptr);
  });
}
TEST_P(copy_out, of_a_query_keeps_its_order_and_its_conditions) {
  run([&]() -> task<void> {
    auto rows = db.copy_out(db.query<Team>().where(col<&Team::points> >= 2000).order_by(col<&Team::points>.desc()));
    int expected = count;
    while (const Team* team = co_await rows.next()) EXPECT_EQ(team->points, --expected);
    EXPECT_EQ(expected, 2000);
  });
}
TEST_P(copy_out, leaves_out_what_is_marked_as_deleted) {
  std::vector<Note> notes(3);
  sync_wait(db.insert(notes));
  sync_wait(db.erase(notes[1]));
  run([&]() -> task<void> {
    auto rows = db.copy_out<Note>();
    int seen = 0;
    while (co_await rows.next()) ++seen;
    EXPECT_EQ(seen, 2);
  });
}
TEST_P(copy_out, of_sql_gives_rows_of_any_struct) {
  run([&]() -> task<void> {
    auto rows = db.copy_out<std::tuple<std::string, std::optional<std::string>>>(
        "SELECT name, motto FROM teams ORDER BY points; -- the first is team 0");
    auto* first = co_await rows.next();
    EXPECT_EQ(*first, std::tuple("team 0", std::nullopt));
    while (co_await rows.next()) {}
  });
}
TEST_P(copy_out, gives_json_and_null) {
  sync_wait(db.insert(Manuscript{.title = "a", .content = json::parse(R"({"x":1})")}));
  sync_wait(db.insert(Manuscript{.title = "b", .author = "ada", .content = json::parse("[]")}));
  run([&]() -> task<void> {
    auto rows = db.copy_out(db.query<Manuscript>().order_by(col<&Manuscript::title>));
    const Manuscript* first = co_await rows.next();
    EXPECT_EQ(first->content, json::parse(R"({"x":1})"));
    EXPECT_EQ(first->author, std::nullopt);
    const Manuscript* second = co_await rows.next();
    EXPECT_EQ(second->author, "ada");
    EXPECT_EQ(second->content, json::parse("[]"));
    EXPECT_EQ(co_await rows.next(), nullptr);
  });
}
TEST_P(copy_out, that_is_left_half_way_leaves_the_database_usable) {
  for (int i = 0; i < 3; ++i) {
    run([&]() -> task<void> {
      auto rows = db.copy_out<Team>();
      EXPECT_NE(co_await rows.next(), nullptr);
    });
    EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
  }
  wait_until_unused();
}
TEST_P(copy_out, that_is_left_half_way_leaves_the_transaction_usable) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    {
      auto rows = s.copy_out<Team>();
      EXPECT_NE(co_await rows.next(), nullptr);
    }
    co_await s.insert(Team{.name = "late"});
  }));
  EXPECT_EQ(sync_wait(db.query<Team>().count()), count + 1);
}
TEST_P(copy_out, goes_on_behind_another_statement_of_its_transaction) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    auto rows = s.copy_out(db.query<Team>().order_by(col<&Team::points>));
    EXPECT_NE(co_await rows.next(), nullptr);
    EXPECT_EQ(co_await s.query<Team>().count(), count);
    int seen = 1;
    while (const Team* team = co_await rows.next()) EXPECT_EQ(team->points, seen++);
    EXPECT_EQ(seen, count);
  }));
}
TEST_P(copy_out, goes_on_behind_a_flush_of_its_session) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    auto rows = s.copy_out(db.query<Team>().where(col<&Team::motto>.is_null()).order_by(col<&Team::points>));
    EXPECT_NE(co_await rows.next(), nullptr);
    for (int i = 0; i < 3; ++i) s.add(Team{.name = "late " + std::to_string(i), .motto = "late"});
    co_await s.flush();
    int seen = 1;
    while (const Team* team = co_await rows.next()) EXPECT_EQ(team->points, seen++);
    EXPECT_EQ(seen, count);
  }));
  EXPECT_EQ(sync_wait(db.query<Team>().count()), count + 3);
}
TEST_P(copy_out, twice_at_once_in_one_transaction) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    auto first = s.copy_out(db.query<Team>().order_by(col<&Team::points>));
    auto second = s.copy_out(db.query<Team>().order_by(col<&Team::points>));
    for (int i = 0; i < count; ++i) {
      const Team* const one = co_await first.next();
      const Team* const other = co_await second.next();
      EXPECT_TRUE(one && other && one->points == i && other->points == i) << i;
    }
    EXPECT_EQ(co_await first.next(), nullptr);
    EXPECT_EQ(co_await second.next(), nullptr);
  }));
}
TEST_P(copy_out, reports_a_row_that_its_struct_cannot_hold) {
  struct Small {
    std::int8_t points;
  };
  const auto read = [&]() -> task<void> {
    auto rows = db.copy_out<Small>("SELECT points FROM teams ORDER BY points");
    while (co_await rows.next()) {}
  };
  EXPECT_EQ(failure_of<decode_error>([&] { sync_wait(read()); }).code(), errc::value_out_of_range);
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(copy_out, reports_an_error_in_the_middle_of_it) {
  TUPELO_NEEDS(&feature_table::copy);  // elsewhere dividing by zero is NULL
  const auto read = [&]() -> task<void> {
    auto rows = db.copy_out<int>("SELECT 100 / (2500 - points) FROM teams ORDER BY points");
    while (co_await rows.next()) {}
  };
  EXPECT_EQ(failure_of<error>([&] { sync_wait(read()); }).code(), errc::invalid_value);
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
}
TEST_P(copy_out, sees_a_table_as_it_is_after_a_change) {
  const auto total = [&]() -> task<std::int64_t> {
    std::int64_t sum = 0;
    auto rows = db.copy_out<std::int64_t>("SELECT points FROM teams");
    while (const auto* points = co_await rows.next()) sum += *points;
    co_return sum;
  };
  const std::int64_t before = sync_wait(total());
  sync_wait(db.execute("ALTER TABLE teams RENAME COLUMN points TO was_points"));
  sync_wait(db.execute("ALTER TABLE teams ADD COLUMN points bigint NOT NULL DEFAULT 1"));
  EXPECT_EQ(sync_wait(total()), count);
  EXPECT_NE(before, count);
}
TEST_P(copy_out, can_be_cancelled_between_two_rows) {
  cancel_source source;
  EXPECT_THROW(sync_wait(
                   [&]() -> task<void> {
                     auto rows = db.copy_out<Team>();
                     for (int i = 0;; ++i) {
                       if (i == 10) source.request_cancel();
                       if (co_await rows.next() == nullptr) break;
                     }
                   }(),
                   source.token()),
               cancelled);
  wait_until_unused();
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
}

}  // namespace
}  // namespace tupelo::conformance
