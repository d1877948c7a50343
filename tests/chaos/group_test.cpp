// SPDX-License-Identifier: Apache-2.0
// What goes to the server together: counted in the messages that a proxy sees.
#include "scene.hpp"

#include <algorithm>
#include <vector>

namespace tupelo::chaos {
namespace {

class groups : public scene, public ::testing::WithParamInterface<way> {
protected:
  void TearDown() override {
    db.reset();
    gate.reset();
    scene::TearDown();
  }
  /// The types of the messages that the work sends: one S is one round trip, as is one Q.
  template <class Work>
  std::string sent_by(Work work) {
    const std::size_t before = gate->types(sender::client).size();
    run(GetParam(), work());
    return gate->types(sender::client).substr(before);
  }
  void connect(const std::string& options = {}) {
    gate.emplace(*proxy);
    // Trusted for the whole test: a check of the connection would be one more message.
    db.emplace(url_through(*gate) + "&validate_after=1h" + options,
               database_options{.pool_size = 1, .run = execution_of(GetParam())});
    run(GetParam(), db->ping());
  }
  static std::ptrdiff_t round_trips(const std::string& sent) {
    return std::count(sent.begin(), sent.end(), 'S') + std::count(sent.begin(), sent.end(), 'Q');
  }
  task<std::int64_t> entries() { co_return co_await control->query<Entry>().count(); }
  std::int64_t stored() {
    std::int64_t count = 0;
    run(GetParam(),
        [](groups& self, std::int64_t& into) -> task<void> { into = co_await self.entries(); }(*this, count));
    return count;
  }

  std::optional<fault_proxy::gate> gate;
  std::optional<database> db;
};
INSTANTIATE_TEST_SUITE_P(of_messages, groups, ::testing::Values(way::event_loop, way::worker, way::blocking),
                         [](const auto& tested) {
                           std::string name = name_of(tested.param);
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

TEST_P(groups, a_small_commit_is_one_round_trip) {
  connect();
  auto session = db->session();
  auto entry = session.add(Entry{.text = "new"});
  const auto commit = [&] { return session.commit(); };
  EXPECT_EQ(sent_by(commit), "PDPDPDSBEBEBES") << "what is new is described first";
  session.add(Entry{.text = "another"});
  EXPECT_EQ(sent_by(commit), "BEBEBES") << "BEGIN, INSERT, COMMIT";
  entry->text = "changed";
  sent_by(commit);
  entry->text = "changed again";
  EXPECT_EQ(sent_by(commit), "BEBEBES") << "BEGIN, UPDATE, COMMIT";
  EXPECT_EQ(stored(), 2);
}
TEST_P(groups, a_row_that_is_gone_undoes_a_commit_of_one_round_trip) {
  connect();
  auto session = db->session();
  auto kept = session.add(Entry{.text = "kept"});
  auto gone = session.add(Entry{.text = "gone"});
  const auto commit = [&] { return session.commit(); };
  sent_by(commit);
  run(GetParam(), control->execute("DELETE FROM entries WHERE text = 'gone'"));
  kept->text = "changed";
  gone->text = "changed too";
  EXPECT_EQ(failure_code([&] { sent_by(commit); }), errc::not_found);
  EXPECT_FALSE(session.in_transaction());
  EXPECT_TRUE(session.is_dirty(kept));
  session.expunge(gone);
  sent_by(commit);
  EXPECT_EQ(stored(), 1);
}
TEST_P(groups, a_row_that_a_trigger_leaves_out_undoes_a_commit_of_one_round_trip) {
  connect();
  run(GetParam(), control->execute("CREATE FUNCTION drop_row() RETURNS trigger LANGUAGE plpgsql AS "
                                   "$$ BEGIN RETURN CASE WHEN new.text = 'lost' THEN NULL ELSE new END; END $$;"
                                   "CREATE TRIGGER drops BEFORE INSERT ON entries FOR EACH ROW "
                                   "EXECUTE FUNCTION drop_row()"));
  auto session = db->session();
  auto kept = session.add(Entry{.text = "kept"});
  session.add(Entry{.text = "lost"});
  EXPECT_EQ(failure_code([&] { sent_by([&] { return session.commit(); }); }), errc::invalid_query);
  EXPECT_EQ(stored(), 0);
  EXPECT_EQ(kept->id, 0);
}
TEST_P(groups, a_large_flush_is_one_round_trip_and_its_commit_another) {
  connect();
  auto session = db->session();
  std::vector<ref<Entry>> entries = session.add_all(std::vector<Entry>(100));
  const auto commit = [&] { return session.commit(); };
  EXPECT_EQ(round_trips(sent_by(commit)), 2);  // described, then run: 3 statements for all rows
  for (const char* text : {"first", "second"}) {
    for (auto& entry : entries) entry->text = text;
    const std::string sent = sent_by(commit);
    EXPECT_EQ(std::count(sent.begin(), sent.end(), 'E'), 5);  // of 64, 32 and 4 rows, between BEGIN and COMMIT
    EXPECT_LE(round_trips(sent), text == std::string("first") ? 3 : 2);
  }
}
TEST_P(groups, a_transaction_begins_with_its_first_statement) {
  connect();
  const auto work = [&]() -> task<void> {
    co_await db->transaction([](session& s) -> task<void> {
      co_await s.query<Entry>().count();
      co_await s.query<Entry>().count();
    });
  };
  sent_by(work);
  EXPECT_EQ(sent_by(work), "BEBESBESQ");
}
TEST_P(groups, a_transaction_without_statements_sends_nothing) {
  connect();
  const auto work = [&]() -> task<void> {
    co_await db->transaction([](session&) -> task<void> { co_return; });
    lease held = co_await db->acquire();
    co_await held.begin();
    co_await held.begin();
    co_await held.commit();
    co_await held.rollback();
  };
  EXPECT_EQ(sent_by(work), "");
}
TEST_P(groups, a_savepoint_begins_with_its_first_statement) {
  connect();
  const auto work = [&]() -> task<void> {
    lease held = co_await db->acquire();
    co_await held.begin();
    co_await held.begin();
    co_await held.query<Entry>().count();
    co_await held.rollback();
    co_await held.commit();
  };
  sent_by(work);
  EXPECT_EQ(sent_by(work), "BEBEBESQQQ");
}
TEST_P(groups, a_pipeline_is_one_round_trip) {
  connect();
  const auto work = [&]() -> task<void> {
    co_await db->pipeline(db->query<Entry>().count(), db->query<Entry>().all(), db->query<Entry>().first());
  };
  EXPECT_EQ(sent_by(work), "PDPDPDSBEBEBES");
  EXPECT_EQ(sent_by(work), "BEBEBES");
}
TEST_P(groups, without_named_statements_cost_no_more_round_trips) {
  connect("&prepare=unnamed");
  const auto work = [&]() -> task<void> {
    co_await db->pipeline(db->query<Entry>().count(), db->query<Entry>().all());
  };
  EXPECT_EQ(sent_by(work), "PDPDSPBDEPBDES");
  EXPECT_EQ(sent_by(work), "PBDEPBDES");
}
TEST_P(groups, whose_results_change_their_columns_are_prepared_anew) {
  connect();
  std::size_t seen = 0;
  const auto work = [&]() -> task<void> {
    const auto [rows, count, more] = co_await db->pipeline(db->raw_sql<Entry>("SELECT * FROM entries").all(),
                                                           db->query<Entry>().count(), db->query<Entry>().all());
    seen = rows.size() + more.size();
  };
  run(GetParam(), control->execute("INSERT INTO entries (run, text) VALUES ('', '')"));
  sent_by(work);
  run(GetParam(), control->execute("ALTER TABLE entries ALTER COLUMN text TYPE varchar(90)"));
  sent_by(work);
  EXPECT_EQ(seen, 2U);
  EXPECT_EQ(db->statistics().opened, 1U);
}
TEST_P(groups, a_statement_that_cannot_be_prepared_ends_its_transaction_as_any_other_failure) {
  connect();
  const auto failing = [&]() -> task<void> {
    lease held = co_await db->acquire();
    co_await held.begin();
    errc first{};
    errc second{};
    try {
      co_await held.raw_sql("UPDATE nowhere SET a = 1").run();
    } catch (const error& e) {
      first = e.code();
    }
    try {
      co_await held.query<Entry>().count();
    } catch (const database_error& e) {
      second = e.code();
      EXPECT_EQ(e.sqlstate(), "25P02");
    }
    EXPECT_EQ(first, errc::unknown_table);
    EXPECT_NE(second, errc{});
    co_await held.rollback();
  };
  sent_by(failing);
}

}  // namespace
}  // namespace tupelo::chaos
