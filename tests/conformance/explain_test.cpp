// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <tupelo/engine/events.hpp>

namespace tupelo::conformance {
namespace {

class plans : public people_test {
protected:
  auto renaming() {
    return db.update<Pet>().set(col<&Pet::name>, "x").where(col<&Pet::weight> > 3 && col<&Pet::name>.in("cat", "dog"));
  }
  auto removing() { return db.erase<Pet>().where(col<&Pet::weight> > 3); }
  auto copying() {
    return db.insert_from<Pet>(
        tupelo::query<Pet>().select(col<&Pet::owner_id>, col<&Pet::name>, col<&Pet::nickname>, col<&Pet::weight>),
        col<&Pet::owner_id>, col<&Pet::name>, col<&Pet::nickname>, col<&Pet::weight>);
  }
  void expect_nothing_was_written() {
    EXPECT_EQ(sync_wait(db.query<Pet>().order_by(col<&Pet::name>).pluck(col<&Pet::name>)),
              (names{"cat", "dog", "fish"}));
  }
};
TUPELO_CONFORMANCE_SUITE(plans);

TEST_P(plans, of_writes_write_nothing) {
  for (const std::string& plan :
       {sync_wait(renaming().explain()), sync_wait(removing().explain()), sync_wait(copying().explain())}) {
    EXPECT_NE(plan.find("pets"), std::string::npos) << plan;
  }
  expect_nothing_was_written();
}
TEST_P(plans, of_writes_are_told_to_nobody) {
  db.events().on_any(bulk_event::updating, [](const bulk_write&) { throw vetoed("no"); });
  EXPECT_NO_THROW(sync_wait(renaming().explain()));
}
TEST_P(plans, of_a_write_that_is_refused_are_refused) {
  EXPECT_THROW(sync_wait(db.update<Pet>().set(col<&Pet::name>, "x").explain()), query_error);
}
TEST_P(plans, by_analysis_of_writes_write_nothing) {
  TUPELO_NEEDS_NO(&feature_table::plans_are_trees);
  for (const std::string& plan : {sync_wait(renaming().explain({.analyze = true})),
                                  sync_wait(removing().explain({.analyze = true, .buffers = true, .verbose = true})),
                                  sync_wait(copying().explain({.analyze = true}))}) {
    EXPECT_NE(plan.find("actual"), std::string::npos) << plan;
  }
  expect_nothing_was_written();
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(plans, by_analysis_leave_an_open_transaction_as_it_was) {
  TUPELO_NEEDS_NO(&feature_table::plans_are_trees);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.insert(Pet{.owner_id = ada, .name = "ant"});
    co_await held.erase<Pet>().all_rows().explain({.analyze = true});
    EXPECT_EQ(held.transaction_depth(), 1);
    co_await held.commit();
  });
  EXPECT_EQ(sync_wait(db.query<Pet>().count()), 4);
}
TEST_P(plans, of_queries_may_be_analysed) {
  TUPELO_NEEDS_NO(&feature_table::plans_are_trees);
  const std::string plan = sync_wait(db.query<Pet>().where(col<&Pet::weight> > 3).explain({.analyze = true}));
  EXPECT_NE(plan.find("actual"), std::string::npos) << plan;
  EXPECT_EQ(sync_wait(db.query<Pet>().explain()).find("actual"), std::string::npos);
}
TEST_P(plans, take_no_options_where_the_database_has_none) {
  TUPELO_NEEDS(&feature_table::plans_are_trees);
  const auto e = failure_of<query_error>([&] { sync_wait(renaming().explain({.analyze = true})); });
  EXPECT_EQ(e.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(e.what()).find("SQLite"), std::string::npos) << e.what();
  expect_nothing_was_written();
}

}  // namespace
}  // namespace tupelo::conformance
