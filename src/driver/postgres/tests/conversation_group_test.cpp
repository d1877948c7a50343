// SPDX-License-Identifier: Apache-2.0
#include "conversation_fixture.hpp"

#include <random>

namespace tupelo::driver::postgres {
namespace {

using testing::asked;
using testing::int16_bytes;
using testing::int32_bytes;
using testing::message_bytes;
using testing::ops_of;
using testing::slot_of;
using testing::text_bytes;

struct conversation_group_test : testing::conversation_test {
  request group;

  /// All statements that were made, in their order.
  void submit() {
    for (std::size_t i = 1; i < statements.size(); ++i) statements[i - 1].run.next = &statements[i].run;
    group.members = &statements.front().run;
    talk->submit(group);
  }
  bool is_over() {
    request* const done = talk->take_completed();
    EXPECT_TRUE(done == nullptr || done == &group) << "members are not announced on their own";
    return done == &group;
  }
  errc group_failure() const {
    try {
      std::rethrow_exception(group.failure);
    } catch (const error& e) {
      return e.code();
    }
  }

  /// Has the statements described, so that they are ready to run.
  void prepare() {
    submit();
    std::string all;
    for (const asked& each : statements) all += described(each.plan.read_only);
    answer(all + ready());
    sent();
    EXPECT_FALSE(is_over());
  }
};

TEST_F(conversation_group_test, new_statements_are_described_in_one_round_trip_and_run_in_the_next) {
  asked& first = read();
  write();
  asked& last = read("SELECT 2");
  submit();
  EXPECT_EQ(sent(), "PDPDPDS");
  answer(described(true) + described(false) + described(true) + ready());
  EXPECT_EQ(sent(), "BEBEBES");
  answer(done("SELECT 0") + done("UPDATE 3") + message_bytes('2', "") + row(7) + row(8) + done("SELECT 2"));
  EXPECT_FALSE(is_over());
  answer(ready());
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(group.failure);
  EXPECT_TRUE(first.rows.empty());
  EXPECT_EQ(statements[1].run.affected, 3);
  EXPECT_EQ(last.rows, (std::vector<std::int64_t>{7, 8}));
}

TEST_F(conversation_group_test, prepared_statements_cost_one_write_with_one_sync) {
  read();
  write();
  prepare();
  answer(done("SELECT 0") + done("UPDATE 1") + ready());
  EXPECT_TRUE(is_over());
  talk->submit(group);
  EXPECT_EQ(sent(), "BEBES");
}

TEST_F(conversation_group_test, a_statement_that_several_members_share_is_described_once) {
  asked& shared = write();
  asked& second = write();
  second.run.plan = &shared.plan;
  second.run.prepared = &shared.prepared;
  submit();
  EXPECT_EQ(sent(), "PDS");
  answer(described(false) + ready());
  EXPECT_EQ(sent(), "BEBES");
}

TEST_F(conversation_group_test, what_is_behind_a_statement_that_forgets_names_is_prepared_again_with_it) {
  for (const char* const text : {"DEALLOCATE ALL", " -- all\n discard all;"}) {
    statements.clear();
    read();
    write(text);
    asked& behind = read("SELECT 2");
    prepare();
    answer(done("SELECT 0") + done("DEALLOCATE ALL") + message_bytes('3', "") + message_bytes('1', "") +
           message_bytes('2', "") + row(7) + done("SELECT 1") + ready());
    EXPECT_TRUE(is_over());
    EXPECT_FALSE(group.failure);
    EXPECT_EQ(behind.rows, std::vector<std::int64_t>{7});
    talk->submit(behind.run);
    EXPECT_EQ(sent(), "BES") << "the server has it under its name";
    answer(done("SELECT 0") + ready());
    EXPECT_EQ(talk->take_completed(), &behind.run);
    talk->submit(group);
    EXPECT_EQ(sent(), "CPDCPDS") << "and has forgotten what was before";
    answer(message_bytes('3', "") + described(true) + message_bytes('3', "") + described(false) + ready());
    EXPECT_EQ(sent(), "BEBECPBES");
    answer(done("SELECT 0") + done("DEALLOCATE ALL") + message_bytes('3', "") + message_bytes('1', "") +
           done("SELECT 0") + ready());
    EXPECT_TRUE(is_over());
  }
}

TEST_F(conversation_group_test, what_is_behind_a_statement_that_forgets_names_goes_on_without_one_behind_a_pooler) {
  talk = std::make_unique<conversation>(true, true);
  write("DEALLOCATE ALL");
  asked& behind = read("SELECT 2");
  submit();
  sent();
  answer(described(false) + described(true) + ready());
  EXPECT_EQ(sent(), "BEPBDES");
  answer(done("DEALLOCATE ALL") + message_bytes('1', "") + done("SELECT 0") + ready());
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(group.failure);
  talk->submit(behind.run);
  EXPECT_EQ(sent(), "PBDES") << "the pooler has forgotten its name meanwhile";
}
TEST_F(conversation_group_test, a_failure_in_the_middle_fails_what_is_behind_it_and_nothing_else) {
  asked& before = write();
  asked& failing = write();
  asked& behind = read();
  prepare();
  answer(done("UPDATE 1") + refused("23505") + ready());
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(before.run.failure);
  EXPECT_EQ(failing.failure(), errc::unique_violation);
  EXPECT_EQ(behind.failure(), errc::not_run);
  EXPECT_EQ(group_failure(), errc::unique_violation);
  talk->submit(group);
  EXPECT_EQ(sent(), "BEBEBES") << "the connection is as before";
}

TEST_F(conversation_group_test, a_failure_at_its_end_is_that_of_the_group_alone) {
  asked& only = write();
  prepare();
  answer(done("UPDATE 1") + refused("23503") + ready());
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(only.run.failure);
  EXPECT_EQ(group_failure(), errc::foreign_key_violation);
}

TEST_F(conversation_group_test, a_statement_that_cannot_be_prepared_lets_none_run) {
  asked& before = write();
  asked& failing = write("UPDATE nowhere SET a = 1");
  asked& behind = write("UPDATE t SET b = 2");
  submit();
  sent();
  answer(described(false) + refused("42P01") + ready());
  EXPECT_TRUE(is_over());
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(before.failure(), errc::not_run);
  EXPECT_EQ(failing.failure(), errc::unknown_table);
  EXPECT_EQ(behind.failure(), errc::not_run);
  talk->submit(group);
  EXPECT_EQ(sent(), "PDPDS") << "the first one is known by now";
}

TEST_F(conversation_group_test, a_parameter_without_a_type_is_taken_for_a_text) {
  write();
  asked& raw = write("UPDATE t SET a = coalesce(NULL, ?)");
  raw.plan.raw = true;
  submit();
  sent();
  answer(described(false) + untyped(1) + ready());
  EXPECT_FALSE(is_over());
  EXPECT_EQ(sent(), "PDS") << "only that one again";
  answer(described(false) + ready());
  EXPECT_EQ(sent(), "BEBES");
}

TEST_F(conversation_group_test, a_parameter_that_stays_without_a_type_fails_the_group) {
  write("UPDATE t SET a = coalesce(NULL, ?)");
  submit();
  sent();
  answer(untyped(1) + ready());
  EXPECT_EQ(sent(), "PDS");
  answer(untyped(1) + ready());
  EXPECT_TRUE(is_over()) << "asking a third time would not help";
  EXPECT_TRUE(group.failure);
}

TEST_F(conversation_group_test, a_stale_plan_outside_a_transaction_runs_the_group_anew) {
  write();
  asked& second = read();
  prepare();
  answer(done("UPDATE 1") + stale() + ready());
  EXPECT_FALSE(is_over());
  EXPECT_EQ(sent(), "CPDCPDS") << "whatever changed may concern the others too";
  answer(message_bytes('3', "") + described(false) + message_bytes('3', "") + described(true) + ready());
  EXPECT_EQ(sent(), "BEBES");
  answer(done("UPDATE 1") + message_bytes('2', "") + row(5) + done("SELECT 1") + ready());
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(group.failure);
  EXPECT_EQ(statements[0].run.affected, 1) << "not counted twice";
  EXPECT_EQ(second.rows, (std::vector<std::int64_t>{5}));
}

TEST_F(conversation_group_test, a_stale_plan_behind_reads_goes_on_from_there) {
  asked& first = read();
  asked& second = read("SELECT 2");
  prepare();
  answer(message_bytes('2', "") + row(1) + done("SELECT 1") + stale() + ready());
  EXPECT_EQ(sent(), "CPDS");
  answer(message_bytes('3', "") + described(true) + ready());
  EXPECT_EQ(sent(), "BES");
  answer(message_bytes('2', "") + row(2) + done("SELECT 1") + ready());
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(group.failure);
  EXPECT_EQ(first.rows, (std::vector<std::int64_t>{1})) << "not read twice";
  EXPECT_EQ(second.rows, (std::vector<std::int64_t>{2}));
}

TEST_F(conversation_group_test, a_stale_plan_in_a_transaction_that_the_group_began_begins_it_anew) {
  write("BEGIN").plan.controls_transaction = true;
  asked& second = read();
  prepare();
  answer(done("BEGIN") + stale() + ready('E'));
  EXPECT_FALSE(is_over());
  EXPECT_EQ(sent(), "Q");
  EXPECT_NE(last_sent.find("ROLLBACK"), std::string::npos);
  answer(message_bytes('C', text_bytes("ROLLBACK")) + ready());
  EXPECT_EQ(sent(), "CPDCPDS");
  answer(described(false) + described(true) + ready());
  EXPECT_EQ(sent(), "BEBES");
  answer(done("BEGIN") + message_bytes('2', "") + row(2) + done("SELECT 1") + ready('T'));
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(group.failure);
  EXPECT_EQ(second.rows.size(), 1U);
}

TEST_F(conversation_group_test, a_stale_plan_in_an_older_transaction_is_left_to_who_began_it) {
  asked& first = write();
  asked& second = read();
  prepare();
  answer(done("UPDATE 1") + message_bytes('2', "") + done("SELECT 0") + ready('T'));
  EXPECT_TRUE(is_over());
  talk->submit(group);
  sent();
  answer(done("UPDATE 1") + stale() + ready('E'));
  EXPECT_TRUE(is_over());
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(group_failure(), errc::serialization_failure);
  EXPECT_FALSE(first.run.failure);
  EXPECT_EQ(second.failure(), errc::serialization_failure);
}

TEST_F(conversation_group_test, rows_that_were_handed_out_are_not_read_again) {
  asked& returning = write("UPDATE t SET a = 1 RETURNING a");
  returning.plan.reads = read().plan.reads;
  submit();
  answer(described(true) + described(true) + ready());
  answer(message_bytes('2', "") + row(1) + done("UPDATE 1") + stale() + ready());
  EXPECT_TRUE(is_over());
  EXPECT_EQ(group_failure(), errc::serialization_failure);
  EXPECT_EQ(returning.rows.size(), 1U);
}

TEST_F(conversation_group_test, without_names_statements_are_parsed_with_every_run) {
  talk = std::make_unique<conversation>(false);
  read();
  write();
  prepare();
  EXPECT_EQ(last_sent.substr(0, 1), "P");
  answer(message_bytes('1', "") + done("SELECT 0") + message_bytes('1', "") + done("UPDATE 1") + ready());
  EXPECT_TRUE(is_over());
  talk->submit(group);
  EXPECT_EQ(sent(), "PBDEPBES");
}

TEST_F(conversation_group_test, a_value_that_cannot_be_sent_outside_a_transaction_sends_nothing) {
  asked& before = write();
  asked& failing = write("UPDATE t SET a = $1");
  asked& behind = read();
  static const type_ops ops = ops_of<std::string>(kind::text);
  std::string text("a\0b", 3);
  const void* const object = &text;
  bind_step step;
  step.source = bind_source::field;
  step.k = kind::text;
  step.first = 1;
  step.slot = slot_of(ops);
  failing.plan.binds.push_back(step);
  failing.run.objects = &object;
  submit();
  sent();
  const std::string with_parameter =
      message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(25)) + message_bytes('n', "");
  answer(described(false) + with_parameter + described(true) + ready());
  EXPECT_TRUE(is_over());
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(before.failure(), errc::not_run);
  EXPECT_EQ(failing.failure(), errc::invalid_text);
  EXPECT_EQ(behind.failure(), errc::not_run);

  // In a transaction it is as if the requests had come one by one.
  text = "fine";
  talk->submit(group);
  answer(done("UPDATE 1") + done("UPDATE 1") + done("SELECT 0") + ready('T'));
  EXPECT_TRUE(is_over());
  sent();
  text = std::string("a\0b", 3);
  talk->submit(group);
  EXPECT_EQ(sent(), "BES");
  answer(done("UPDATE 1") + ready('T'));
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(before.run.failure);
  EXPECT_EQ(failing.failure(), errc::invalid_text);
  EXPECT_EQ(behind.failure(), errc::not_run);
}

TEST_F(conversation_group_test, requests_behind_a_group_wait_for_its_end) {
  write();
  submit();
  sent();
  asked behind("SELECT 9", true);
  talk->submit(behind.run);
  EXPECT_EQ(sent(), "");
  answer(described(false) + ready());
  EXPECT_EQ(sent(), "BES");
  answer(done("UPDATE 1") + ready());
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_EQ(sent(), "PDS");
}

TEST_F(conversation_group_test, a_connection_that_is_lost_before_it_is_run_has_run_nothing) {
  asked& first = write();
  asked& last = write("COMMIT");
  submit();
  talk->fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "gone")));
  EXPECT_TRUE(is_over());
  EXPECT_EQ(first.failure(), errc::not_run);
  EXPECT_EQ(last.failure(), errc::not_run);
  EXPECT_EQ(group_failure(), errc::connection_lost);
}

TEST_F(conversation_group_test, a_connection_that_is_lost_while_it_is_run_leaves_the_rest_unknown) {
  asked& first = write();
  asked& second = write("UPDATE t SET b = 2");
  asked& last = write("COMMIT");
  prepare();
  answer(done("UPDATE 1"));
  talk->fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "gone")));
  EXPECT_TRUE(is_over());
  EXPECT_FALSE(first.run.failure);
  EXPECT_EQ(second.failure(), errc::connection_lost);
  EXPECT_EQ(last.failure(), errc::connection_lost);
}

TEST_F(conversation_group_test, a_server_that_ends_the_connection_at_one_member_has_not_run_those_behind) {
  asked& first = write();
  asked& last = write("COMMIT");
  prepare();
  EXPECT_THROW(answer(refused("57P01", "x", "FATAL")), connection_error);
  talk->fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "gone")));
  EXPECT_TRUE(is_over());
  EXPECT_EQ(first.failure(), errc::connection_lost);
  EXPECT_EQ(last.failure(), errc::not_run);
}

TEST_F(conversation_group_test, that_is_stopped_before_it_is_run_does_not_run) {
  asked& only = write();
  submit();
  sent();
  talk->blame(interruption::cancelled);
  answer(described(false) + ready());
  EXPECT_TRUE(is_over());
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(group_failure(), errc::cancelled);
  EXPECT_EQ(only.failure(), errc::not_run);
}
TEST_F(conversation_group_test, single_requests_that_are_stopped_between_their_steps_stop_there) {
  asked& single = read();
  talk->submit(single.run);
  sent();
  talk->blame(interruption::deadline);
  answer(described(true) + ready());
  EXPECT_EQ(talk->take_completed(), &single.run);
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(single.failure(), errc::timed_out);

  request script;
  script.script = "SELECT 1; SELECT 2; -- no more";
  talk->submit(script);
  EXPECT_EQ(sent(), "Q");
  answer(message_bytes('C', text_bytes("SELECT 1")) + ready());
  EXPECT_EQ(sent(), "Q");
  talk->blame(interruption::cancelled);
  answer(message_bytes('C', text_bytes("SELECT 1")) + ready());
  EXPECT_EQ(talk->take_completed(), &script);
  EXPECT_FALSE(script.failure) << "it was at its end already";

  talk->submit(script);
  talk->blame(interruption::cancelled);
  answer(message_bytes('C', text_bytes("SELECT 1")) + ready());
  EXPECT_EQ(talk->take_completed(), &script);
  EXPECT_TRUE(script.failure);
}

TEST_F(conversation_group_test, whatever_a_server_answers_each_request_ends_once) {
  std::mt19937 random(7);
  const auto pick = [&](std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random); };
  const std::vector<std::string> answers{described(true),
                                         described(false),
                                         described_with_parameter(),
                                         row(1),
                                         done("SELECT 1"),
                                         done("COMMIT"),
                                         ready('I'),
                                         ready('T'),
                                         ready('E'),
                                         refused("42P18"),
                                         untyped(1),
                                         untyped(2),
                                         stale(),
                                         refused("26000"),
                                         refused("23505"),
                                         message_bytes('s', ""),
                                         message_bytes('I', ""),
                                         message_bytes('n', ""),
                                         message_bytes('G', std::string(3, char{})),
                                         message_bytes('3', ""),
                                         refused("57P01", "x", "FATAL")};
  for (int round = 0; round < 5'000; ++round) {
    talk = std::make_unique<conversation>(pick(2) == 0);
    statements.clear();
    group = {};
    for (std::size_t i = 0; i <= pick(4); ++i) {
      asked& each = pick(2) == 0 ? read() : write();
      if (pick(2) == 0) each.with_parameter();
    }
    asked behind("SELECT 9", true);
    submit();
    talk->submit(behind.run);
    std::size_t ended = 0;
    const auto count_ended = [&] {
      for (request* done = talk->take_completed(); done != nullptr; done = done->next) ++ended;
    };
    try {
      for (std::size_t i = pick(30); i != 0; --i) {
        answer(answers[pick(answers.size())]);
        if (pick(16) == 0) talk->blame(interruption::cancelled);
        count_ended();
      }
    } catch (const error&) {
      count_ended();
    }
    talk->fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "gone")));
    count_ended();
    ASSERT_EQ(ended, 2U) << round;
    if (group.failure) continue;
    for (const asked& each : statements) ASSERT_FALSE(each.run.failure) << round;
  }
}

TEST_F(conversation_group_test, fewer_descriptions_than_statements_are_a_violation) {
  write();
  write("UPDATE t SET a = $1").with_parameter();
  submit();
  testing::expect_violation([&] { answer(described(false) + ready()); });
  EXPECT_EQ(sent(), "PDPDS") << "no value is written for parameters that nobody has described";
}
TEST_F(conversation_group_test, fewer_answers_than_members_are_a_violation) {
  write();
  write();
  prepare();
  testing::expect_violation([&] { answer(done("UPDATE 1") + ready()); });
}
TEST_F(conversation_group_test, more_answers_than_members_are_a_violation) {
  write();
  prepare();
  answer(done("UPDATE 1"));
  testing::expect_violation([&] { answer(done("UPDATE 1")); });
}
TEST_F(conversation_group_test, more_descriptions_than_statements_are_a_violation) {
  write();
  submit();
  answer(described(false));
  testing::expect_violation([&] { answer(described(false)); });
}

}  // namespace
}  // namespace tupelo::driver::postgres
