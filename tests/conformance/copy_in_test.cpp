// SPDX-License-Identifier: Apache-2.0
// Many rows in: by COPY where the database has it, and to the same effect where it has not.
#include "ledger.hpp"

#include <tupelo/core/sleep.hpp>

#include <stdexcept>
#include <tuple>

namespace tupelo::conformance {
namespace {

struct Document {
  std::int64_t id{};
  std::string title{};
  std::optional<std::string> author{};
  json content{};

  static void model(tupelo::model<Document>& m) { m.unique(&Document::title); }
};

/// Numbered teams that are made when they are asked for, one at a time.
class teams_in_turn {
public:
  explicit teams_in_turn(int count, int broken = -1) : count_(count), broken_(broken) {}

  struct iterator {
    using value_type = Team;
    using difference_type = std::ptrdiff_t;
    const teams_in_turn* of;
    int at;
    Team operator*() const {
      if (at == of->broken_) throw std::runtime_error("the source of the teams is broken");
      return {.name = "team " + std::to_string(at), .points = at};
    }
    iterator& operator++() {
      ++at;
      return *this;
    }
    bool operator!=(const iterator& other) const { return at != other.at; }
  };
  iterator begin() const { return {this, 0}; }
  iterator end() const { return {this, count_}; }

private:
  int count_;
  int broken_;
};

class copy_in : public conformance_test {
protected:
  copy_in() { create<Team, Account, Note, Seat, Ticket, Document>(); }
  std::int64_t teams() { return sync_wait(db.query<Team>().count()); }
};
TUPELO_CONFORMANCE_SUITE(copy_in);

TEST_P(copy_in, writes_all_rows_and_tells_how_many) {
  std::vector<Team> some = make_teams(1000);
  some[7].motto = "a\tb\\n\nc\r";
  EXPECT_EQ(sync_wait(db.copy_in(some)), 1000);
  const auto stored = sync_wait(db.query<Team>().order_by(col<&Team::points>).all());
  ASSERT_EQ(stored.size(), 1000U);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    ASSERT_EQ(stored[i].name, some[i].name);
    ASSERT_EQ(stored[i].motto, some[i].motto);
  }
}
TEST_P(copy_in, of_nothing_writes_nothing) {
  EXPECT_EQ(sync_wait(db.copy_in(std::vector<Team>())), 0);
  EXPECT_EQ(teams(), 0);
}
TEST_P(copy_in, leaves_generated_keys_to_the_database_and_does_not_tell_them) {
  std::vector<Team> some = make_teams(3);
  sync_wait(db.copy_in(some));
  EXPECT_EQ(some[0].id, 0);
  const auto keys = sync_wait(db.query<Team>().pluck(col<&Team::id>));
  EXPECT_EQ(keys.size(), 3U);
  for (const std::int64_t key : keys) EXPECT_GT(key, 0);
}
TEST_P(copy_in, keeps_keys_that_are_given_beside_those_that_are_not) {
  std::vector<Team> some = make_teams(4);
  some[1].id = 501;
  some[2].id = 502;
  EXPECT_EQ(sync_wait(db.copy_in(some)), 4);
  EXPECT_EQ(sync_wait(db.get<Team>(501)).name, "team 1");
  EXPECT_EQ(sync_wait(db.get<Team>(502)).name, "team 2");
  EXPECT_EQ(teams(), 4);
}
TEST_P(copy_in, of_a_key_of_several_columns) {
  const std::vector<Seat> seats{{"main", 1, "ada"}, {"main", 2, std::nullopt}};
  EXPECT_EQ(sync_wait(db.copy_in(seats)), 2);
  EXPECT_EQ(sync_wait(db.get<Seat>("main", 1)).guest, "ada");
}
TEST_P(copy_in, sets_timestamps_versions_and_uuid_keys_in_objects_that_may_change) {
  std::vector<Note> notes(2);
  std::vector<Account> accounts{{.owner = "ada"}};
  std::vector<Ticket> tickets(2);
  sync_wait(db.copy_in(notes));
  sync_wait(db.copy_in(accounts));
  sync_wait(db.copy_in(tickets));
  EXPECT_NE(notes[0].created_at.us, 0);
  EXPECT_EQ(notes[0].created_at, notes[1].updated_at);
  EXPECT_EQ(sync_wait(db.query<Note>().first())->created_at, notes[0].created_at);
  EXPECT_EQ(accounts[0].version, 1);
  EXPECT_NE(tickets[0].id, tickets[1].id);
  EXPECT_EQ(sync_wait(db.query<Ticket>().where(col<&Ticket::id> == tickets[0].id).count()), 1);
}
TEST_P(copy_in, leaves_constant_objects_alone_and_sets_the_same_in_their_rows) {
  const std::vector<Note> notes(300);
  EXPECT_EQ(sync_wait(db.copy_in(notes)), 300);
  EXPECT_EQ(notes[0].created_at.us, 0);
  EXPECT_NE(sync_wait(db.query<Note>().first())->created_at.us, 0);
}
TEST_P(copy_in, takes_rows_that_are_made_as_they_are_read) {
  EXPECT_EQ(sync_wait(db.copy_in(teams_in_turn(777))), 777);
  EXPECT_EQ(sync_wait(db.query<Team>().where(col<&Team::name> == "team 776").one()).points, 776);
}
TEST_P(copy_in, takes_rows_from_a_function) {
  int made = 0;
  EXPECT_EQ(sync_wait(db.copy_in<Team>([&]() -> std::optional<Team> {
              if (made == 300) return std::nullopt;
              return Team{.name = std::to_string(made), .points = made++};
            })),
            300);
  EXPECT_EQ(teams(), 300);
}
TEST_P(copy_in, takes_rows_that_have_to_be_waited_for) {
  int made = 0;
  EXPECT_EQ(sync_wait(db.copy_in<Team>([&]() -> task<std::optional<Team>> {
              if (made == 300) co_return std::nullopt;
              if (made % 100 == 0) co_await sleep_for(micros(1));
              co_return Team{.name = std::to_string(made), .points = made++};
            })),
            300);
  EXPECT_EQ(teams(), 300);
}
TEST_P(copy_in, writes_nothing_where_a_row_that_is_waited_for_fails) {
  int made = 0;
  EXPECT_THROW(sync_wait(db.copy_in<Team>([&]() -> task<std::optional<Team>> {
                 if (made == 200) throw std::runtime_error("no more");
                 co_return Team{.name = std::to_string(made), .points = made++};
               })),
               std::runtime_error);
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(copy_in, says_so_where_its_rows_ask_for_the_only_connection) {
  database own(url(), {.pool_size = 1, .run = GetParam().run});
  database& one = has(trait::several_connections) ? own : db;
  int made = 0;
  const auto ask = [&]() -> task<std::optional<Team>> {
    if (made == 200) static_cast<void>(co_await one.query<Team>().count());
    co_return Team{.name = std::to_string(made), .points = made++};
  };
  const auto e = failure_of<connection_error>([&] { sync_wait(one.copy_in<Team>(ask)); });
  EXPECT_EQ(e.code(), errc::pool_exhausted);
  EXPECT_NE(std::string(e.what()).find("held by copy_in()"), std::string::npos) << e.what();
  EXPECT_EQ(one.statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(one.query<Team>().count()), 0) << "the connection is free, and nothing was written";
}
TEST_P(copy_in, takes_rows_larger_than_what_is_sent_at_once) {
  std::vector<Document> documents;
  for (int i = 0; i < 20; ++i)
    documents.push_back({.title = std::to_string(i), .author = std::string(200'000, 'x'), .content = json::object()});
  EXPECT_EQ(sync_wait(db.copy_in(documents)), 20);
  EXPECT_EQ(sync_wait(db.query<Document>().where(col<&Document::title> == "19").one()).author->size(), 200'000U);
}
TEST_P(copy_in, of_tuples_goes_into_the_columns_that_are_named) {
  const std::vector<std::tuple<int, std::string>> rows{{5, "red"}, {7, "blue"}};
  EXPECT_EQ(sync_wait(db.copy_in("teams", {"points", "name"}, rows)), 2);
  EXPECT_EQ(sync_wait(db.query<Team>().where(col<&Team::name> == "blue").one()).points, 7);
}
TEST_P(copy_in, of_other_structs_goes_into_the_columns_that_are_named) {
  struct Score {
    std::string name;
    int points;
  };
  std::vector<Score> scores;
  for (int i = 0; i < 200; ++i) scores.push_back({std::to_string(i), i});
  EXPECT_EQ(sync_wait(db.copy_in("teams", {"name", "points"}, scores)), 200);
  EXPECT_EQ(sync_wait(db.query<Team>().select<std::int64_t>(sum(col<&Team::points>)).one()), 199 * 100);
}
TEST_P(copy_in, refuses_more_columns_than_there_are_fields) {
  const std::vector<std::tuple<int>> rows(1);
  const auto refused = failure_of<query_error>([&] { sync_wait(db.copy_in("teams", {"points", "name"}, rows)); });
  EXPECT_NE(std::string(refused.what()).find("\"teams\" names 2 columns"), std::string::npos) << refused.what();
  EXPECT_EQ(db.statistics().in_use, 0U);
}

TEST_P(copy_in, calls_the_values_of_a_tuple_so) {
  const std::vector<std::tuple<int, std::string>> rows(1);
  const auto refused = failure_of<query_error>([&] { sync_wait(db.copy_in("teams", {"points"}, rows)); });
  EXPECT_NE(std::string(refused.what()).find("names 1 column but the tuple has 2 values"), std::string::npos)
      << refused.what();
}
TEST_P(copy_in, names_the_column_whose_value_of_a_tuple_does_not_fit) {
  TUPELO_NEEDS(&feature_table::copy);  // else the values are the database's, which may hold them
  const std::vector<std::tuple<std::string, std::int64_t>> rows{{"red", std::int64_t{1} << 40}};
  const auto refused = failure_of<value_error>([&] { sync_wait(db.copy_in("teams", {"name", "points"}, rows)); });
  EXPECT_EQ(refused.code(), errc::value_out_of_range);
  EXPECT_NE(std::string(refused.what()).find("column \"points\""), std::string::npos) << refused.what();
}

// ---- all or nothing

TEST_P(copy_in, writes_nothing_where_one_row_violates_a_constraint) {
  std::vector<Team> some = make_teams(5000);
  some.back().name = "team 17";
  const auto refused = failure_of<unique_violation>([&] { sync_wait(db.copy_in(some)); });
  EXPECT_EQ(refused.column(), "name");
  EXPECT_EQ(std::string(refused.what()).find("team 17"), std::string::npos) << refused.what();
  EXPECT_EQ(teams(), 0);
  some.back().name = "team 5000";
  EXPECT_EQ(sync_wait(db.copy_in(some)), 5000) << "the connection can be used again";
}
TEST_P(copy_in, stops_soon_after_a_row_that_violates_a_constraint) {
  int made = 0;
  EXPECT_THROW(sync_wait(db.copy_in<Team>([&]() -> std::optional<Team> {
                 if (made == 3'000'000) return std::nullopt;
                 return Team{.name = ++made < 3 ? "twice" : std::to_string(made)};
               })),
               unique_violation);
  EXPECT_LT(made, 3'000'000);
  EXPECT_EQ(teams(), 0);
}
TEST_P(copy_in, writes_nothing_where_the_source_of_the_rows_fails) {
  EXPECT_THROW(sync_wait(db.copy_in(teams_in_turn(1000, 900))), std::runtime_error);
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(copy_in, writes_nothing_where_a_value_cannot_be_sent) {
  std::vector<Team> some = make_teams(300);
  some[299].name = "\xff";
  EXPECT_EQ(failure_of<value_error>([&] { sync_wait(db.copy_in(some)); }).code(), errc::invalid_text);
  EXPECT_EQ(teams(), 0);
}
TEST_P(copy_in, into_a_table_that_is_not_there_names_it) {
  sync_wait(db.execute("DROP TABLE teams"));
  EXPECT_EQ(failure_of<statement_error>([&] { sync_wait(db.copy_in(make_teams(1))); }).code(), errc::unknown_table);
}
TEST_P(copy_in, is_part_of_the_transaction_that_is_open) {
  EXPECT_THROW(sync_wait(db.transaction([&](session& s) -> task<void> {
                 EXPECT_EQ(co_await s.copy_in(make_teams(10)), 10);
                 EXPECT_EQ(co_await s.query<Team>().count(), 10);
                 throw std::runtime_error("undo");
               })),
               std::runtime_error);
  EXPECT_EQ(teams(), 0);
}
TEST_P(copy_in, that_fails_leaves_the_rest_of_the_transaction) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    co_await s.copy_in(make_teams(2));
    try {
      co_await s.copy_in(make_teams(3));
      ADD_FAILURE() << "two of them are there already";
    } catch (const unique_violation&) {}
    co_await s.insert(Team{.name = "late"});
  }));
  EXPECT_EQ(teams(), 3);
}

// ---- the connection is the rows' alone

TEST_P(copy_in, refuses_what_makes_its_rows_to_run_statements_on_its_connection) {
  for (const int rows : {1, 300}) {
    sync_wait(db.transaction([&](session& s) -> task<void> {
      int made = 0;
      try {
        co_await s.copy_in<Team>([&]() -> task<std::optional<Team>> {
          if (++made == rows) co_await s.query<Team>().count();
          co_return Team{.name = std::to_string(made)};
        });
        ADD_FAILURE() << "the statement ran in the midst of the rows";
      } catch (const transaction_error& e) {
        EXPECT_EQ(e.code(), errc::concurrent_use);
      }
      EXPECT_EQ(made, rows) << "the first row is no different";
      EXPECT_EQ(co_await s.query<Team>().count(), 0) << "the transaction goes on";
    }));
  }
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(copy_in, refuses_them_on_a_lease_without_a_transaction) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    bool refused = false;
    int made = 0;
    const std::int64_t copied = co_await held.copy_in<Team>([&]() -> task<std::optional<Team>> {
      if (made == 200) co_return std::nullopt;
      try {
        if (made == 0 || made == 150) co_await held.execute("DELETE FROM teams");
      } catch (const transaction_error& e) {
        refused = e.code() == errc::concurrent_use;
      }
      EXPECT_EQ(refused, true) << made;
      co_return Team{.name = std::to_string(made++)};
    });
    EXPECT_EQ(copied, 200) << "who takes the refusal goes on";
  });
  EXPECT_EQ(teams(), 200);
}
TEST_P(copy_in, refuses_to_end_its_transaction_in_its_midst) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    int refused = 0;
    int made = 0;
    co_await held.copy_in<Team>([&]() -> task<std::optional<Team>> {
      if (made == 100) co_return std::nullopt;
      try {
        co_await (made % 2 == 0 ? held.commit() : held.rollback());
      } catch (const transaction_error& e) {
        refused += e.code() == errc::concurrent_use ? 1 : 0;
      }
      co_return Team{.name = std::to_string(made++)};
    });
    EXPECT_EQ(refused, 100);
    EXPECT_EQ(held.transaction_depth(), 1);
    co_await held.commit();
  });
  EXPECT_EQ(teams(), 100);
}
TEST_P(copy_in, refuses_rows_from_a_stream_of_its_connection) {
  sync_wait(db.copy_in(make_teams(300)));
  sync_wait(db.transaction([&](session& s) -> task<void> {
    {
      auto rows = s.query<Team>().order_by(col<&Team::points>).stream();
      EXPECT_NE(co_await rows.next(), nullptr);
      try {
        co_await s.copy_in<Note>([&]() -> task<std::optional<Note>> {
          const Team* const team = co_await rows.next();
          if (team == nullptr) co_return std::nullopt;
          co_return Note{.text = team->name};
        });
        ADD_FAILURE() << "rows were read in the midst of those that are written";
      } catch (const transaction_error& e) {
        EXPECT_EQ(e.code(), errc::concurrent_use);
      }
    }
    EXPECT_EQ(co_await s.query<Note>().count(), 0);
  }));
}
TEST_P(copy_in, may_be_left_by_a_stream_of_its_connection_in_its_midst) {
  sync_wait(db.copy_in(make_teams(300)));
  sync_wait(db.transaction([&](session& s) -> task<void> {
    std::optional<row_stream<Team>> rows(s.query<Team>().stream());
    EXPECT_NE(co_await rows->next(), nullptr);
    int made = 0;
    co_await s.copy_in<Note>([&]() -> task<std::optional<Note>> {
      if (made == 300) co_return std::nullopt;
      if (++made == 200) rows.reset();
      co_return Note{.text = std::to_string(made)};
    });
    EXPECT_EQ(co_await s.query<Note>().count(), 300);
    EXPECT_EQ(co_await s.query<Team>().count(), 300);
  }));
}
TEST_P(copy_in, takes_rows_that_need_statements_on_another_connection) {
  TUPELO_NEEDS(&feature_table::copy);  // elsewhere who writes keeps the only one that may
  sync_wait(db.copy_in(make_teams(200)));
  EXPECT_EQ(sync_wait(db.transaction([&](session& s) -> task<std::int64_t> {
              int made = 0;
              co_return co_await s.copy_in<Note>([&]() -> task<std::optional<Note>> {
                if (made == 200) co_return std::nullopt;
                const Team team = co_await db.query<Team>().where(col<&Team::points> == made++).one();
                co_return Note{.text = team.name};
              });
            })),
            200);
}

// ---- being stopped

TEST_P(copy_in, writes_nothing_where_it_is_cancelled) {
  cancel_source source;
  int made = 0;
  EXPECT_THROW(sync_wait(db.copy_in<Team>([&]() -> std::optional<Team> {
                 if (++made == 1000) source.request_cancel();
                 return Team{.name = std::to_string(made)};
               }),
                         source.token()),
               cancelled);
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(db.statistics().connections, 1U) << "the same connection";
}
TEST_P(copy_in, writes_nothing_where_its_deadline_passes) {
  int made = 0;
  EXPECT_THROW(sync_wait(with_deadline(
                   db.copy_in<Team>([&]() -> std::optional<Team> { return Team{.name = std::to_string(++made)}; }),
                   deadline{steady_now_us() + 30'000})),
               timed_out);
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(db.statistics().connections, 1U) << "the same connection";
}

// ---- what observers see

TEST_P(copy_in, is_one_statement_to_observers_where_the_database_copies) {
  TUPELO_NEEDS(&feature_table::copy);
  statement_log log(db);
  sync_wait(db.copy_in(make_teams(1000)));
  ASSERT_EQ(log.all("COPY").size(), 1U);
  EXPECT_EQ(log.all("INSERT").size(), 0U);
  const auto seen = log.finished();
  const auto copy =
      std::find_if(seen.begin(), seen.end(), [](const auto& e) { return e.statement.starts_with("COPY"); });
  ASSERT_NE(copy, seen.end());
  EXPECT_EQ(copy->affected, 1000);
  EXPECT_FALSE(copy->failed);
}
TEST_P(copy_in, is_inserts_of_many_rows_where_the_database_does_not_copy) {
  TUPELO_NEEDS_NO(&feature_table::copy);
  statement_log log(db);
  sync_wait(db.copy_in(make_teams(1024)));
  EXPECT_EQ(log.all("INSERT").size(), 8U);
}

// ---- keys

TEST_P(copy_in, of_given_keys_can_be_followed_by_generated_ones) {
  std::vector<Team> some = make_teams(3);
  for (std::size_t i = 0; i < some.size(); ++i) some[i].id = static_cast<std::int64_t>(i) + 1;
  sync_wait(db.copy_in(some));
  sync_wait(db.reset_sequences<Team>());
  EXPECT_EQ(sync_wait(db.insert(Team{.name = "next"})).id, 4);
}
TEST_P(copy_in, reset_sequences_of_an_empty_table_begins_at_one) {
  sync_wait(db.reset_sequences<Team>());
  EXPECT_EQ(sync_wait(db.insert(Team{.name = "first"})).id, 1);
}
TEST_P(copy_in, reset_sequences_leaves_models_without_generated_keys_alone) {
  sync_wait(db.reset_sequences<Seat>());
  sync_wait(db.reset_sequences<Ticket>());
}

}  // namespace
}  // namespace tupelo::conformance
