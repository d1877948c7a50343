// SPDX-License-Identifier: Apache-2.0
// A server that says that it is ready, and has not said what became of what it was asked.
#include "conversation_fixture.hpp"

namespace tupelo::driver::postgres {
namespace {

using testing::asked;
using testing::expect_violation;
using testing::message_bytes;

struct broken_answers : testing::conversation_test {
  void expect_early_end(const std::string& before = {}) {
    expect_violation([&] { answer(before + ready()); });
  }
  static std::string notice() {
    std::string said = refused("01000", "x", "WARNING");
    said.front() = 'N';
    return said;
  }
  void finish(const request& wanted) {
    EXPECT_EQ(talk->take_completed(), &wanted);
    sent();
  }
};

TEST_F(broken_answers, leave_a_statement_undescribed) {
  talk->submit(read().run);
  expect_early_end(message_bytes('1', ""));
}
TEST_F(broken_answers, leave_a_statement_without_an_end) {
  asked& statement = write();
  talk->submit(statement.run);
  answer(described(false) + ready());
  expect_early_end(message_bytes('2', ""));
  EXPECT_EQ(talk->take_completed(), nullptr) << "nobody is told that it was done";
}
TEST_F(broken_answers, leave_a_read_without_an_end) {
  talk->submit(read().run);
  answer(described(true) + ready());
  expect_early_end(message_bytes('2', "") + row(1));
}
TEST_F(broken_answers, are_those_of_the_statement_alone) {
  asked& first = write();
  talk->submit(first.run);
  answer(described(false) + ready() + done("UPDATE 1") + ready());
  finish(first.run);
  talk->submit(first.run);
  expect_early_end();
}
TEST_F(broken_answers, leave_a_script_in_its_middle) {
  request script;
  script.script = "SELECT 1; SELECT 2";
  talk->submit(script);
  answer(message_bytes('C', testing::text_bytes("SELECT 1")) + ready());
  expect_early_end();
}
TEST_F(broken_answers, leave_a_result_that_is_read_ahead) {
  asked& stream = read("SELECT n FROM t");
  stream.run.fetch = 2;
  talk->submit(stream.run);
  answer(described(true) + ready());
  answer(message_bytes('2', "") + row(1) + row(2) + message_bytes('s', ""));
  finish(stream.run);
  talk->submit(write().run);
  expect_early_end(row(3));
}
TEST_F(broken_answers, leave_what_nobody_waits_for_any_more) {
  asked& statement = write();
  talk->submit(statement.run);
  answer(described(false) + ready());
  talk->abandon(statement.run, std::make_exception_ptr(cancelled()));
  finish(statement.run);
  expect_early_end();
}
TEST_F(broken_answers, are_none_of_an_empty_statement) {
  asked& nothing = write("-- nothing");
  talk->submit(nothing.run);
  answer(described(false) + ready() + message_bytes('2', "") + message_bytes('I', "") + ready());
  EXPECT_EQ(talk->take_completed(), &nothing.run);
  EXPECT_FALSE(nothing.run.failure);
}

TEST_F(broken_answers, come_though_nothing_was_asked) {
  asked& statement = read();
  talk->submit(statement.run);
  answer(described(true) + ready() + done("SELECT 0") + ready());
  finish(statement.run);
  for (const std::string& unasked : {ready(), row(7), done("SELECT 1"), described(false), described(true)}) {
    talk->input().clear();
    expect_violation([&] { answer(unasked); });
    talk->input().clear();
    expect_violation([&] { answer(unasked.substr(0, 3)); });
  }
}
TEST_F(broken_answers, are_none_of_what_a_server_says_of_itself) {
  for (const std::string& said :
       {message_bytes('S', testing::text_bytes("application_name") + testing::text_bytes("x")), notice(),
        message_bytes('A', testing::int32_bytes(1) + testing::text_bytes("c") + testing::text_bytes(""))}) {
    answer(said.substr(0, 7));
    answer(said.substr(7));
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres
