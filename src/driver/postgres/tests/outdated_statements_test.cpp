// SPDX-License-Identifier: Apache-2.0
// Statements whose tables or types have changed since they were prepared are prepared again.
#include "conversation_fixture.hpp"

namespace tupelo::driver::postgres {
namespace {

using namespace testing;

struct outdated_statements_test : testing::conversation_test {
  inline_word_buffer<4> values;
  outdated_statements_test() { values.push_text("a"); }

  asked& find(bool with_parameter = true) {
    asked& made = read("SELECT n FROM t WHERE a = $1");
    if (!with_parameter) return made;
    bind_step step;
    step.k = kind::text;
    step.first = 1;
    made.plan.binds = {step};
    made.run.values = values.data();
    return made;
  }
  static std::string takes(std::uint32_t type) {
    const std::string whole = described(true);
    return message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(type)) +
           whole.substr(whole.find('T'));
  }
  /// What the server says when it analyses a statement, or in a function.
  static std::string misfit(const char* where = "", const char* sqlstate = "42883") {
    return message_bytes('E', "S" + text_bytes("ERROR") + "V" + text_bytes("ERROR") + "C" + text_bytes(sqlstate) + "M" +
                                  text_bytes("no") + "P" + text_bytes("8") + "W" + text_bytes(where) + "R" +
                                  text_bytes("op_error") + '\0');
  }
  static std::string type_gone() {
    return refused("XX000", "getBaseTypeAndTypmod", "ERROR", "cache lookup failed for type 16386");
  }
  asked& prepared(char status = 'I') {
    asked& one = find();
    talk->submit(one.run);
    answer(takes(25) + ready(status));
    answer(done("SELECT 0") + ready(status));
    EXPECT_EQ(talk->take_completed(), &one.run);
    talk->submit(one.run);
    sent();
    return one;
  }
};

TEST_F(outdated_statements_test, whose_parameter_has_another_type_now_are_prepared_again) {
  // 42809: what `= ANY` is given is no array, where the type of its elements is gone.
  for (const char* sqlstate : {"42883", "42804", "42809", "42846", "42725"}) {
    talk = std::make_unique<conversation>(true);
    asked& one = prepared();
    answer(misfit("", sqlstate) + ready());
    EXPECT_EQ(sent(), "CPDS") << sqlstate;
    answer(message_bytes('3', "") + takes(1043) + ready());
    EXPECT_EQ(sent(), "BES");
    answer(done("SELECT 0") + ready());
    EXPECT_EQ(talk->take_completed(), &one.run);
    EXPECT_FALSE(one.run.failure);
  }
}

TEST_F(outdated_statements_test, whose_type_is_gone_are_prepared_again) {
  asked& one = prepared();
  answer(type_gone() + ready());
  EXPECT_EQ(sent(), "CPDS");
  answer(message_bytes('3', "") + takes(25) + ready());
  answer(done("SELECT 0") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
}

TEST_F(outdated_statements_test, are_prepared_again_once) {
  asked& one = prepared();
  answer(misfit() + ready());
  answer(message_bytes('3', "") + takes(1043) + ready());
  sent();
  answer(misfit() + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(one.failure(), errc::syntax_error) << "it is what is wrong with the statement";
}

TEST_F(outdated_statements_test, in_a_transaction_have_it_run_again) {
  asked& one = prepared('T');
  answer(misfit() + ready('E'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(one.failure(), errc::serialization_failure);
}

TEST_F(outdated_statements_test, are_not_those_in_which_a_function_fails) {
  asked& one = prepared();
  answer(misfit("PL/pgSQL function f() line 1 at RETURN") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::syntax_error);
}

TEST_F(outdated_statements_test, are_not_those_without_parameters) {
  asked& one = find(false);
  talk->submit(one.run);
  answer(described(true) + ready());
  answer(misfit() + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::syntax_error) << "the server analyses a CREATE INDEX when it is run";
}

TEST_F(outdated_statements_test, behind_a_pooler_go_on_without_their_name) {
  talk = std::make_unique<conversation>(true, true);
  asked& one = prepared();
  answer(type_gone() + ready());
  EXPECT_EQ(sent(), "CPDS");
  EXPECT_NE(last_sent.find(std::string("P") + int32_bytes(4 + 1 + 29 + 2) + '\0'), std::string::npos);
  answer(message_bytes('3', "") + takes(25) + ready());
  EXPECT_EQ(sent(), "PBDES") << "parsed with every run";
  answer(message_bytes('1', "") + done("SELECT 0") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
}

// ---- that a pooler has prepared for others, before they changed

struct shared_statements_test : outdated_statements_test {
  shared_statements_test() { talk = std::make_unique<conversation>(true, true); }
  /// The pooler says that the statement is parsed, and the server that its types do not go with it.
  static std::string outdated() { return message_bytes('1', "") + misfit(); }
  asked& described_first() {
    asked& one = find();
    talk->submit(one.run);
    EXPECT_EQ(sent(), "PDS");
    return one;
  }
};

TEST_F(shared_statements_test, are_described_without_a_name_at_their_first_use) {
  asked& one = described_first();
  answer(outdated() + ready());
  EXPECT_EQ(talk->take_completed(), nullptr);
  EXPECT_EQ(sent(), "CPDS");
  answer(message_bytes('3', "") + takes(25) + ready());
  EXPECT_EQ(sent(), "PBDES");
  answer(message_bytes('1', "") + done("SELECT 0") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
  talk->submit(one.run);
  EXPECT_EQ(sent(), "PBDES") << "and go on so";
}

TEST_F(shared_statements_test, that_fail_without_a_name_too_say_why) {
  asked& one = described_first();
  answer(outdated() + ready());
  answer(message_bytes('3', "") + outdated() + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::syntax_error);
}

TEST_F(shared_statements_test, are_not_those_that_the_server_does_not_parse) {
  asked& one = described_first();
  answer(misfit() + ready());
  EXPECT_EQ(talk->take_completed(), &one.run) << "it is what is wrong with the statement";
  EXPECT_EQ(one.failure(), errc::syntax_error);
}

TEST_F(shared_statements_test, are_not_those_of_a_server_without_a_pooler) {
  talk = std::make_unique<conversation>(true);
  asked& one = described_first();
  answer(outdated() + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::syntax_error);
}

TEST_F(shared_statements_test, have_a_transaction_run_again) {
  asked& begun = write();
  talk->submit(begun.run);
  answer(described(false) + ready('T'));
  answer(done("UPDATE 1") + ready('T'));
  EXPECT_EQ(talk->take_completed(), &begun.run);
  sent();
  asked& one = described_first();
  answer(outdated() + ready('E'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::serialization_failure);
  talk->submit(one.run);
  EXPECT_EQ(sent(), "CPDS");
  EXPECT_EQ(last_sent.find("Pt"), std::string::npos);
  answer(message_bytes('3', "") + takes(25) + ready('T'));
  EXPECT_EQ(sent(), "PBDES");
}

TEST_F(shared_statements_test, are_described_without_a_name_in_a_group) {
  for (const bool in_transaction : {false, true}) {
    talk = std::make_unique<conversation>(true, true);
    if (in_transaction) {
      asked& begun = write();
      talk->submit(begun.run);
      answer(described(false) + ready('T'));
      answer(done("UPDATE 1") + ready('T'));
      EXPECT_EQ(talk->take_completed(), &begun.run);
    }
    asked& first = write();
    asked& second = find();
    first.run.next = &second.run;
    request group;
    group.members = &first.run;
    talk->submit(group);
    sent();
    answer(described(false) + outdated() + ready(in_transaction ? 'E' : 'I'));
    if (in_transaction) {
      EXPECT_EQ(talk->take_completed(), &group);
      EXPECT_EQ(second.failure(), errc::serialization_failure);
      continue;
    }
    EXPECT_EQ(sent(), "CPDS");
    answer(message_bytes('3', "") + takes(25) + ready());
    EXPECT_EQ(sent(), "BEPBDES");
    answer(done("UPDATE 1") + message_bytes('1', "") + done("SELECT 0") + ready());
    EXPECT_EQ(talk->take_completed(), &group);
    EXPECT_FALSE(group.failure);
  }
}

// ---- where nobody says that they are

struct reparsed_statements_test : outdated_statements_test {
  reparsed_statements_test() { talk = std::make_unique<conversation>(false); }
  /// A column of this type, as Describe tells it.
  static std::string column(std::uint32_t type, std::uint32_t size) {
    return message_bytes('T', int16_bytes(1) + text_bytes("n") + int32_bytes(0) + int16_bytes(0) + int32_bytes(type) +
                                  int16_bytes(static_cast<std::uint16_t>(size)) + int32_bytes(0xFFFFFFFF) +
                                  int16_bytes(1));
  }
  static std::string bound() { return message_bytes('1', "") + message_bytes('2', ""); }
  asked& run_once() {
    asked& one = read();
    talk->submit(one.run);
    answer(described(true) + ready());
    EXPECT_EQ(sent(), "PDSPBDES") << "each run says what its columns are";
    answer(bound() + column(20, 8) + row(7) + done("SELECT 1") + ready());
    EXPECT_EQ(talk->take_completed(), &one.run);
    talk->submit(one.run);
    EXPECT_EQ(sent(), "PBDES");
    return one;
  }
};

TEST_F(reparsed_statements_test, are_read_as_what_their_columns_are_now) {
  asked& one = run_once();
  answer(bound() + column(23, 4) + message_bytes('D', int16_bytes(1) + int32_bytes(4) + int32_bytes(9)) +
         done("SELECT 1") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
  EXPECT_EQ(one.rows, (std::vector<std::int64_t>{7, 9}));
}

TEST_F(reparsed_statements_test, whose_columns_the_fields_do_not_take_any_more_are_refused) {
  asked& one = run_once();
  answer(bound() + column(1184, 8) + row(9) + done("SELECT 1") + ready());  // timestamptz
  EXPECT_EQ(talk->take_completed(), nullptr) << "it is described again";
  EXPECT_EQ(sent(), "PDS");
  answer(message_bytes('1', "") + message_bytes('t', int16_bytes(0)) + column(1184, 8) + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::type_mismatch);
  EXPECT_EQ(one.rows.size(), 1U) << "no row was read as what it is not";
}

TEST_F(reparsed_statements_test, are_not_run_again_where_they_write) {
  asked& one = run_once();
  one.plan.read_only = false;
  answer(bound() + column(1184, 8) + row(9) + done("SELECT 1") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::type_mismatch);
  talk->submit(one.run);
  EXPECT_EQ(sent(), "PDS") << "described before the next run";
}

TEST_F(reparsed_statements_test, that_have_another_number_of_columns_keep_the_connection) {
  asked& one = run_once();
  answer(message_bytes('1', "") + refused("08P01", "PortalSetResultFormat") + ready());
  EXPECT_EQ(talk->take_completed(), nullptr) << "it is described again";
  EXPECT_EQ(sent(), "PDS");
  answer(described(true) + ready());
  EXPECT_EQ(sent(), "PBDES");
  answer(bound() + column(20, 8) + row(9) + done("SELECT 1") + ready());
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_FALSE(one.run.failure);
  EXPECT_EQ(one.rows, (std::vector<std::int64_t>{7, 9}));
}

TEST_F(reparsed_statements_test, in_a_transaction_have_it_run_again) {
  asked& one = run_once();
  answer(bound() + column(1184, 8) + row(9) + done("SELECT 1") + ready('T'));
  EXPECT_EQ(talk->take_completed(), &one.run);
  EXPECT_EQ(one.failure(), errc::serialization_failure);
}

TEST_F(outdated_statements_test, in_a_group_are_prepared_again) {
  for (const std::string& failure : {misfit(), type_gone()}) {
    talk = std::make_unique<conversation>(true);
    asked& first = write();
    asked& second = find();
    first.run.next = &second.run;
    request group;
    group.members = &first.run;
    talk->submit(group);
    answer(described(false) + takes(25) + ready());
    sent();
    answer(done("UPDATE 1") + failure + ready());
    EXPECT_EQ(sent(), "CPDCPDS");
    answer(message_bytes('3', "") + described(false) + message_bytes('3', "") + takes(1043) + ready());
    EXPECT_EQ(sent(), "BEBES");
    answer(done("UPDATE 1") + done("SELECT 0") + ready());
    EXPECT_EQ(talk->take_completed(), &group);
    EXPECT_FALSE(group.failure);
  }
}

// ---- statements that the server was told to forget

struct forgotten_statements_test : outdated_statements_test {
  /// SQL of the user's own, with this end.
  void own(const char* text, const char* tag, char status) {
    asked& made = write(text);
    made.run.prepared = nullptr;
    talk->submit(made.run);
    answer(described(false) + ready(status));
    answer(done(tag) + ready(status));
    EXPECT_EQ(talk->take_completed(), &made.run);
    EXPECT_FALSE(made.run.failure);
    sent();
  }
  asked& known(char status) {
    asked& one = prepared(status);
    answer(done("SELECT 0") + ready(status));
    EXPECT_EQ(talk->take_completed(), &one.run);
    return one;
  }
  static std::string unknown() {
    return refused("26000", "FetchPreparedStatement", "ERROR", "prepared statement \"own\" does not exist");
  }
};

TEST_F(forgotten_statements_test, are_prepared_again_before_the_server_refuses_them) {
  for (const bool pooled : {false, true}) {
    for (const char* tag : {"DISCARD ALL", "DEALLOCATE ALL", "DEALLOCATE"}) {
      talk = std::make_unique<conversation>(true, pooled);
      asked& one = known('T');
      own(tag, tag, 'T');
      talk->submit(one.run);
      EXPECT_EQ(sent(), "CPDS") << tag;
      answer(message_bytes('3', "") + takes(25) + ready('T'));
      EXPECT_EQ(sent(), pooled ? "BDES" : "BES");
      answer(done("SELECT 0") + ready('T'));
      EXPECT_EQ(talk->take_completed(), &one.run);
      EXPECT_FALSE(one.run.failure);
      talk->submit(one.run);
      EXPECT_EQ(sent(), pooled ? "BDES" : "BES") << "and not once more";
    }
  }
}

TEST_F(forgotten_statements_test, are_prepared_again_where_a_script_said_so) {
  asked& one = known('I');
  request script;
  script.script = "SELECT 1; DISCARD ALL";
  talk->submit(script);
  answer(message_bytes('C', text_bytes("SELECT 1")) + ready());
  answer(message_bytes('C', text_bytes("DISCARD ALL")) + ready());
  EXPECT_EQ(talk->take_completed(), &script);
  sent();
  talk->submit(one.run);
  EXPECT_EQ(sent(), "CPDS");
}

TEST_F(forgotten_statements_test, are_prepared_again_in_a_group) {
  asked& one = known('T');
  own("DEALLOCATE ALL", "DEALLOCATE ALL", 'T');
  asked& other = write();
  one.run.next = &other.run;
  request group;
  group.members = &one.run;
  talk->submit(group);
  EXPECT_EQ(sent(), "CPDPDS");
}

TEST_F(forgotten_statements_test, are_not_those_of_other_statements) {
  asked& one = known('T');
  own("DISCARD PLANS", "DISCARD PLANS", 'T');
  talk->submit(one.run);
  EXPECT_EQ(sent(), "BES");
}

TEST_F(forgotten_statements_test, are_not_those_that_sql_of_the_users_own_runs) {
  for (const char* text : {"EXECUTE own(1)", "DEALLOCATE own"}) {
    talk = std::make_unique<conversation>(true);
    asked& made = write(text);
    talk->submit(made.run);
    answer(described(false) + ready());
    answer(unknown() + ready());
    EXPECT_EQ(talk->take_completed(), &made.run) << "it is not run again";
    EXPECT_EQ(made.failure(), errc::database_error);
    EXPECT_NE(failure_of<error>([&] { std::rethrow_exception(made.run.failure); }).statement(), "");
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres
