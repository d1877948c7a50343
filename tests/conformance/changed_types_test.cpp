// SPDX-License-Identifier: Apache-2.0
// Statements that were prepared before their table became another one.
#include "backend.hpp"

#include <tupelo/session/session.hpp>
#include <tupelo/core/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Gauge {
  std::int64_t id{};
  std::int64_t level{};
};

class changed_types : public conformance_test {
protected:
  changed_types() {
    create<Gauge>();
    sync_wait(db.insert(Gauge{.id = 1, .level = 4}));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(level(), 4);
  }
  std::int64_t level() { return sync_wait(db.get<Gauge>(1)).level; }
  void make_level(const std::string& type, const std::string& value) {
    sync_wait(db.execute("DROP TABLE gauges; CREATE TABLE gauges (id BIGINT PRIMARY KEY, level " + type +
                         " NOT NULL); INSERT INTO gauges VALUES (1, " + value + ")"));
  }
};
TUPELO_CONFORMANCE_SUITE(changed_types);

TEST_P(changed_types, are_read_as_what_they_are_now) {
  make_level("DOUBLE PRECISION", "5");
  EXPECT_EQ(level(), 5);
  make_level("SMALLINT", "6");
  EXPECT_EQ(level(), 6);
  EXPECT_EQ(level(), 6);
}
TEST_P(changed_types, are_read_so_in_a_transaction_and_in_a_pipeline) {
  make_level("DOUBLE PRECISION", "5");
  std::int64_t found = 0;
  sync_wait(db.transaction([&](session& s) -> task<void> { found = (co_await s.get<Gauge>(1))->level; }));
  EXPECT_EQ(found, 5);
  make_level("BIGINT", "7");
  const auto [one, all] = sync_wait(db.pipeline(db.get<Gauge>(1), db.query<Gauge>().all()));
  EXPECT_EQ(one.level, 7);
  EXPECT_EQ(all.at(0).level, 7);
}
TEST_P(changed_types, that_the_field_does_not_take_are_refused) {
  make_level("VARCHAR(10)", "'much'");
  EXPECT_THROW(level(), decode_error);
  EXPECT_THROW(level(), decode_error);
  make_level("BIGINT", "8");
  EXPECT_EQ(level(), 8);
}
TEST_P(changed_types, come_back_from_what_is_written) {
  make_level("DOUBLE PRECISION", "5");
  const auto levels = sync_wait(db.update<Gauge>().set(col<&Gauge::level>, 9).all_rows().returning(col<&Gauge::level>));
  EXPECT_EQ(levels.at(0), 9);
}

struct Score {
  std::int64_t id{};
  std::vector<std::int64_t> points;
};

TEST_P(changed_types, are_found_by_a_program_that_starts_after_another_one_prepared_its_statements) {
  TUPELO_NEEDS(&feature_table::advisory_locks);  // a column can be changed
  TUPELO_NEEDS(trait::several_connections);
  create<Score>();
  sync_wait(db.insert(Score{.id = 1, .points = {4, 5}}));
  const auto find = [](database& by) {
    return sync_wait(by.query<Score>().where(col<&Score::points>.contains(4)).count());
  };
  const auto find_in_transaction = [](database& by) {
    std::int64_t found = 0;
    sync_wait(by.transaction([&](session& s) -> task<void> {
      found = co_await s.query<Score>().where(col<&Score::points>.overlaps({4, 6})).count();
    }));
    return found;
  };
  const auto find_in_pipeline = [](database& by) {
    const auto [one, same] =
        sync_wait(by.pipeline(by.query<Score>().where(col<&Score::points>.contains(5)).count(), by.get<Score>(1)));
    return one;
  };
  EXPECT_EQ(find(db) + find_in_transaction(db) + find_in_pipeline(db), 3);
  sync_wait(db.execute("ALTER TABLE scores ALTER COLUMN points TYPE INT[]"));
  database started_after(url(), {.pool_size = 1, .run = GetParam().run});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(find(started_after), 1);
    EXPECT_EQ(find_in_transaction(started_after), 1);
    EXPECT_EQ(find_in_pipeline(started_after), 1);
  }
}

struct Level {
  std::int64_t id{};
  std::string level;
};
struct Level_and_note {
  std::int64_t id{};
  std::string level;
  std::optional<std::string> note;
};

TEST_P(changed_types, that_have_become_more_are_refused_by_name_and_cost_no_connection) {
  make_level("TEXT", "'much'");  // in another format than the number
  const auto all = [&] { return sync_wait(db.raw_sql<Level>("SELECT * FROM gauges").all()); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(all().at(0).level, "much");
  sync_wait(db.execute("ALTER TABLE gauges ADD COLUMN note TEXT"));
  EXPECT_EQ(failure_of<query_error>(all).code(), errc::invalid_query);
  EXPECT_EQ(sync_wait(db.raw_sql<Level_and_note>("SELECT * FROM gauges").all()).at(0).level, "much");
  EXPECT_EQ(db.statistics().closed, 0U);
}
TEST_P(changed_types, are_no_matter_where_nobody_reads_them) {
  const auto touch = [&](session& s) -> task<void> {
    co_await s.raw_sql("UPDATE gauges SET level = 5 RETURNING *").run();
  };
  sync_wait(db.transaction(touch));
  sync_wait(db.execute("ALTER TABLE gauges ADD COLUMN note TEXT"));
  sync_wait(db.transaction(touch));
  EXPECT_EQ(level(), 5);
}
TEST_P(changed_types, are_not_needed_for_statements_that_the_session_was_told_to_forget) {
  TUPELO_NEEDS(&feature_table::advisory_locks);  // there are sessions
  const std::uint64_t opened = db.statistics().opened;
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    const auto level = [&]() -> task<std::int64_t> { co_return (co_await held.get<Gauge>(1)).level; };
    for (const char* sql : {"DISCARD ALL", "DEALLOCATE ALL"}) {
      EXPECT_EQ(co_await level(), 4);
      co_await held.raw_sql(sql).run();
      EXPECT_EQ(co_await level(), 4) << sql;
      co_await held.execute(sql);
      EXPECT_EQ(co_await level(), 4) << sql;
    }
    co_await held.begin();
    EXPECT_EQ(co_await level(), 4);
    co_await held.raw_sql("DEALLOCATE ALL").run();
    EXPECT_EQ(co_await level(), 4) << "in a transaction";
    EXPECT_EQ(co_await level(), 4);
    co_await held.commit();
    for (const char* sql : {"DEALLOCATE ALL", "-- all\nDEALLOCATE ALL"}) {
      const auto [affected, gauge, same] =
          co_await held.pipeline(held.raw_sql(sql).run(), held.get<Gauge>(1), held.get<Gauge>(1));
      EXPECT_EQ(affected, 0);
      EXPECT_EQ(gauge.level + same.level, 8) << "in one unit with " << sql;
      EXPECT_EQ(co_await level(), 4);
    }
    co_await held.execute("DEALLOCATE ALL; SELECT 1");
    EXPECT_EQ(co_await level(), 4) << "in a script";
  });
  EXPECT_LE(db.statistics().opened, opened + 1) << "the connection was not lost";
}

}  // namespace
}  // namespace tupelo::conformance
