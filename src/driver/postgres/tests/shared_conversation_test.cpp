// SPDX-License-Identifier: Apache-2.0
// Several requests under way at once, some of which nobody waits for any more.
#include "conversation_fixture.hpp"

#include <tupelo/core/error.hpp>

namespace tupelo::driver::postgres {
namespace {

using testing::asked;

struct shared_conversation : testing::conversation_test {
  std::vector<request*> completed() {
    std::vector<request*> all;
    for (request* each = talk->take_completed(); each != nullptr; each = std::exchange(each->next, nullptr))
      all.push_back(each);
    return all;
  }
  asked& known() {
    asked& made = read("SELECT " + std::to_string(statements.size()));
    talk->submit(made.run);
    answer(described(true) + ready());
    answer(done("SELECT 0") + ready());
    EXPECT_EQ(completed(), std::vector<request*>{&made.run});
    sent();
    return made;
  }
  static std::exception_ptr gone() { return std::make_exception_ptr(cancelled("gone")); }
  static std::string one_row(std::uint32_t value) {
    return testing::message_bytes('2', "") + row(value) + testing::message_bytes('C', testing::text_bytes("SELECT 1")) +
           ready();
  }
};

TEST_F(shared_conversation, sends_each_with_a_sync_of_its_own) {
  asked& one = known();
  asked& two = known();
  talk->submit(one.run);
  talk->submit(two.run);
  EXPECT_EQ(sent(), "BESBES");
  answer(one_row(1) + one_row(2));
  EXPECT_EQ(one.rows, std::vector<std::int64_t>{1});
  EXPECT_EQ(two.rows, std::vector<std::int64_t>{2});
}
TEST_F(shared_conversation, fails_only_the_one_that_fails) {
  asked& one = known();
  asked& two = known();
  talk->submit(one.run);
  talk->submit(two.run);
  answer(refused("22012") + ready() + one_row(2));
  EXPECT_TRUE(one.run.failure);
  EXPECT_FALSE(two.run.failure);
  EXPECT_EQ(two.rows, std::vector<std::int64_t>{2});
}
TEST_F(shared_conversation, drops_the_rows_of_one_that_was_abandoned) {
  asked& one = known();
  asked& two = known();
  talk->submit(one.run);
  talk->submit(two.run);
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  EXPECT_EQ(completed(), std::vector<request*>{&one.run});
  EXPECT_EQ(one.failure(), errc::cancelled);
  EXPECT_TRUE(one.run.abandoned);
  answer(one_row(1) + one_row(2));
  EXPECT_TRUE(one.rows.empty());
  EXPECT_EQ(two.rows, std::vector<std::int64_t>{2});
  EXPECT_EQ(completed(), std::vector<request*>{&two.run});
}
TEST_F(shared_conversation, drops_a_failure_of_one_that_was_abandoned) {
  asked& one = known();
  asked& two = known();
  talk->submit(one.run);
  talk->submit(two.run);
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  answer(refused("57014") + ready() + one_row(2));
  EXPECT_FALSE(two.run.failure);
}
TEST_F(shared_conversation, forgets_the_statement_of_one_that_was_abandoned) {
  asked& one = known();
  talk->submit(one.run);
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  talk->release(
      std::unique_ptr<server_statement>(reinterpret_cast<server_statement*>(std::exchange(one.prepared, nullptr))));
  answer(one_row(1));
  EXPECT_FALSE(talk->is_awaited());
}
TEST_F(shared_conversation, parses_a_statement_anew_whose_description_nobody_waited_for) {
  asked& one = read();
  talk->submit(one.run);
  sent();
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  completed();
  talk->submit(one.run);
  EXPECT_EQ(sent(), "") << "it waits until the first is over";
  answer(described(true) + ready());
  EXPECT_EQ(sent(), "CPDS");
  answer(testing::message_bytes('3', "") + described(true) + ready());
  EXPECT_EQ(sent(), "BES");
  answer(one_row(7));
  EXPECT_EQ(one.rows, std::vector<std::int64_t>{7});
}
TEST_F(shared_conversation, takes_one_back_that_was_not_sent_yet) {
  asked& one = read();
  asked& two = read("SELECT 2");
  talk->submit(one.run);
  talk->submit(two.run);  // waits until the first is described
  sent();
  EXPECT_TRUE(talk->abandon(two.run, gone()));
  EXPECT_FALSE(two.run.abandoned);
  answer(described(true) + ready());
  EXPECT_EQ(sent(), "BES");
  answer(one_row(1));
  EXPECT_EQ(completed(), (std::vector<request*>{&two.run, &one.run}));
}
TEST_F(shared_conversation, awaits_what_is_held_behind_a_description_that_nobody_waits_for) {
  asked& one = read();
  talk->submit(one.run);
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  completed();
  request chore;
  chore.script = "SELECT 1";
  chore.deadline_us = 7;
  talk->submit(chore);
  ASSERT_EQ(talk->current(), &chore) << "its deadline is the one to watch";
  talk->blame(interruption::deadline);
  sent();
  answer(refused("57014") + ready());
  EXPECT_EQ(sent(), "Q") << "the connection is well";
  answer(done("SELECT 1") + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&chore});
  EXPECT_FALSE(chore.failure);
}
TEST_F(shared_conversation, says_of_what_is_held_why_the_connection_ended) {
  asked& one = read();
  talk->submit(one.run);
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  completed();
  request chore;
  chore.script = "SELECT 1";
  talk->submit(chore);
  chore.failure = gone();
  talk->fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "lost")));
  EXPECT_EQ(completed(), std::vector<request*>{&chore});
  EXPECT_THROW(std::rethrow_exception(chore.failure), cancelled);
}
TEST_F(shared_conversation, abandons_one_with_the_reason_though_its_plan_was_stale) {
  asked& one = known();
  talk->submit(one.run);
  answer(stale());
  EXPECT_TRUE(talk->abandon(one.run, gone()));
  EXPECT_EQ(one.failure(), errc::cancelled);
}
TEST_F(shared_conversation, names_the_statement_only_to_the_one_that_lost_the_connection) {
  asked& one = known();
  asked& two = known();
  talk->submit(one.run);
  talk->submit(two.run);
  try {
    answer(refused("57P01", "x", "FATAL"));
    ADD_FAILURE() << "the connection was to be lost";
  } catch (const connection_error&) {
    talk->fail_all(std::current_exception());
  }
  const auto named = [](const request& r) -> std::string {
    try {
      std::rethrow_exception(r.failure);
    } catch (const error& e) {
      return std::string(e.statement());
    }
  };
  EXPECT_EQ(named(one.run), one.plan.text);
  EXPECT_EQ(named(two.run), "");
}
TEST_F(shared_conversation, abandons_nothing_that_is_complete) {
  asked& one = known();
  EXPECT_FALSE(talk->abandon(one.run, gone()));
  EXPECT_FALSE(one.run.failure);
}
TEST_F(shared_conversation, abandons_all_but_the_first) {
  asked& one = known();
  asked& two = known();
  asked& three = read("SELECT 9");
  talk->submit(one.run);
  talk->submit(two.run);
  talk->submit(three.run);
  EXPECT_EQ(talk->abandon_waiting(gone()), &one.run);
  EXPECT_EQ(completed(), (std::vector<request*>{&two.run, &three.run}));
  answer(one_row(1));
  EXPECT_EQ(completed(), std::vector<request*>{&one.run});
  EXPECT_EQ(one.rows, std::vector<std::int64_t>{1});
}
TEST_F(shared_conversation, prepares_a_stale_statement_once_for_all_who_share_it) {
  asked& one = known();
  request again;
  again.plan = &one.plan;
  again.prepared = &one.prepared;
  std::vector<std::int64_t> rows;
  again.rows = {&rows, one.run.rows.add};
  talk->submit(one.run);
  talk->submit(again);
  sent();
  answer(stale() + ready() + stale() + ready());
  EXPECT_EQ(sent(), "CPDS");
  answer(testing::message_bytes('3', "") + described(true) + ready());
  EXPECT_EQ(sent(), "BESBES");
  answer(one_row(1) + one_row(1));
  EXPECT_EQ(one.rows, std::vector<std::int64_t>{1});
  EXPECT_EQ(rows, std::vector<std::int64_t>{1});
}
TEST_F(shared_conversation, asks_to_stop_again_where_more_follows_that_nobody_waits_for) {
  asked& one = known();
  asked& two = known();
  talk->submit(one.run);
  talk->submit(two.run);
  talk->abandon(one.run, gone());
  talk->abandon(two.run, gone());
  answer(refused("57014") + ready());
  EXPECT_TRUE(talk->take_missed_cancel());
  answer(refused("57014") + ready());
  EXPECT_FALSE(talk->take_missed_cancel());
}

}  // namespace
}  // namespace tupelo::driver::postgres
