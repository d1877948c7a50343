// SPDX-License-Identifier: Apache-2.0
// Parameters that nothing in a statement tells the type of are texts, in a transaction too.
#include "conversation_fixture.hpp"

namespace tupelo::driver::postgres {
namespace {

using namespace testing;

struct untyped_parameters_test : testing::conversation_test {
  inline_word_buffer<4> values;

  untyped_parameters_test() { values.push_text("a"); }
  /// SQL of the user's own with one parameter.
  asked& raw(kind k = kind::text) {
    asked& made = read("SELECT 1 WHERE $1 IS NULL");
    bind_step step;
    step.k = step.typed_as = k;
    step.first = 1;
    made.plan.raw = true;
    made.plan.binds = {step};
    made.run.values = values.data();
    return made;
  }
  void begin() {
    asked& begin = write("BEGIN");
    talk->submit(begin.run);
    answer(described(false) + ready());
    answer(done("BEGIN") + ready('T'));
    talk->take_completed();
    sent();
  }
  static std::string command(const char* tag) { return message_bytes('1', "") + done(tag); }
  static std::string takes_text() {
    const std::string whole = described(true);
    return message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(25)) +
           whole.substr(whole.find('T'));
  }
  bool has_sent(std::string_view part) const { return last_sent.find(part) != std::string::npos; }
};

TEST_F(untyped_parameters_test, are_described_behind_a_savepoint_in_a_transaction) {
  begin();
  asked& one = raw();
  talk->submit(one.run);
  EXPECT_EQ(sent(), "PBEPDPBES");
  EXPECT_LT(last_sent.find("SAVEPOINT tupelo_types"), last_sent.find("RELEASE SAVEPOINT tupelo_types"));
  answer(command("SAVEPOINT") + takes_text() + command("RELEASE") + ready('T'));
  EXPECT_EQ(sent(), "BES");
  answer(message_bytes('2', "") + row(1) + message_bytes('C', text_bytes("SELECT 1")) + ready('T'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
  EXPECT_EQ(one.run.affected, 0);
  talk->submit(one.run);
  EXPECT_EQ(sent(), "BES") << "what is known needs no savepoint";
}

TEST_F(untyped_parameters_test, of_a_copy_keep_its_portal_in_a_transaction) {
  begin();
  asked& one = raw();
  one.run.in_bulk = true;
  one.run.fetch = 1;
  talk->submit(one.run);
  EXPECT_EQ(sent(), "PBEPDPBES");
  answer(command("SAVEPOINT") + takes_text() + command("RELEASE") + ready('T'));
  EXPECT_EQ(sent(), "BES");
  answer(message_bytes('2', "") + row(1) + message_bytes('s', "") + ready('T'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_TRUE(one.run.more);
  talk->submit(one.run);
  EXPECT_EQ(sent(), "ES");
  answer(row(2) + message_bytes('C', text_bytes("SELECT 1")) + ready('T'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
  EXPECT_FALSE(one.run.more);
  EXPECT_EQ(one.rows, (std::vector<std::int64_t>{1, 2}));
}

TEST_F(untyped_parameters_test, that_the_server_refuses_in_a_transaction_leave_it_as_it_was) {
  begin();
  asked& one = raw();
  talk->submit(one.run);
  sent();
  answer(command("SAVEPOINT") + untyped(1) + ready('E'));
  EXPECT_FALSE(talk->has_completed());
  EXPECT_EQ(sent(), "PBECPDPBES");
  EXPECT_TRUE(has_sent("ROLLBACK TO SAVEPOINT tupelo_types"));
  answer(command("ROLLBACK") + message_bytes('3', "") + takes_text() + command("RELEASE") + ready('T'));
  EXPECT_EQ(sent(), "BES");
  answer(done("SELECT 0") + ready('T'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
}

TEST_F(untyped_parameters_test, that_stay_without_a_type_fail_the_transaction) {
  begin();
  asked& one = raw();
  talk->submit(one.run);
  answer(command("SAVEPOINT") + untyped(1) + ready('E'));
  sent();
  answer(command("ROLLBACK") + untyped(1) + ready('E'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(sent(), "") << "asking a third time would not help";
  EXPECT_EQ(one.failure(), errc::syntax_error);
  EXPECT_EQ(talk->status(), transaction_status::failed);
}

TEST_F(untyped_parameters_test, do_not_hide_another_failure) {
  begin();
  asked& one = raw();
  talk->submit(one.run);
  sent();
  answer(command("SAVEPOINT") + refused("42P01") + ready('E'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(one.failure(), errc::unknown_table);
}

TEST_F(untyped_parameters_test, need_no_savepoint_outside_of_a_transaction) {
  asked& one = raw();
  talk->submit(one.run);
  EXPECT_EQ(sent(), "PDS");
  answer(untyped(1) + ready());
  EXPECT_EQ(sent(), "PDS");
  answer(takes_text() + ready());
  EXPECT_EQ(sent(), "BES");
}

TEST_F(untyped_parameters_test, are_none_where_the_values_say_their_type) {
  begin();
  talk->submit(raw(kind::i64).run);
  EXPECT_EQ(sent(), "PDS");
}

TEST_F(untyped_parameters_test, in_a_group_in_a_transaction_leave_it_as_it_was) {
  begin();
  asked& first = write();
  asked& second = raw();
  asked& third = raw();
  third.plan.text += " AND $1 IS NULL";
  first.run.next = &second.run;
  second.run.next = &third.run;
  request group;
  group.members = &first.run;
  talk->submit(group);
  EXPECT_EQ(sent(), "PBEPDPDPDPBES");
  answer(command("SAVEPOINT") + described(false) + untyped(1) + ready('E'));
  EXPECT_EQ(sent(), "PBEPDPDPBES") << "those two again";
  answer(command("ROLLBACK") + takes_text() + untyped(1) + ready('E'));
  EXPECT_EQ(sent(), "PBEPDPBES");
  answer(command("ROLLBACK") + takes_text() + command("RELEASE") + ready('T'));
  EXPECT_EQ(sent(), "BEBEBES");
  answer(done("UPDATE 1") + done("SELECT 0") + done("SELECT 0") + ready('T'));
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_FALSE(group.failure);
  EXPECT_EQ(first.run.affected, 1);
}

}  // namespace
}  // namespace tupelo::driver::postgres
