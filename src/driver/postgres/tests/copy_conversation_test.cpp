// SPDX-License-Identifier: Apache-2.0
// COPY as it is spoken, message by message.
#include "copy_fixture.hpp"

namespace tupelo::driver::postgres::testing {
namespace {

// ---- in

TEST_F(copying, in_describes_the_columns_in_the_transaction_of_the_copy) {
  step(copy_step::open);
  EXPECT_EQ(sent(), "PDH");
  EXPECT_EQ(bodies[0], with_nul("") + with_nul("SELECT id, name FROM people") + big16(0));
  receive(description());
  EXPECT_EQ(sent(), "PBEH");
  EXPECT_EQ(bodies[0], with_nul("") + with_nul("COPY people (id, name) FROM STDIN (FORMAT binary)") + big16(0));
  EXPECT_TRUE(done.empty());
  receive(copy_response('G'));
  EXPECT_TRUE(completed(in));
}
TEST_F(copying, in_sends_rows_in_binary) {
  step(copy_step::open);
  receive(description() + copy_response('G'));
  sent();
  EXPECT_EQ(bodies.back(), header);
  done.clear();
  rows({{7, "ada"}, {8, ""}});
  EXPECT_TRUE(completed(in));
  EXPECT_EQ(sent(), "d");
  EXPECT_EQ(bodies[0], big16(2) + big32(8) + big64(7) + big32(3) + "ada" + big16(2) + big32(8) + big64(8) + big32(0));
  step(copy_step::close);
  EXPECT_TRUE(done.empty());
  EXPECT_EQ(sent(), "dcS");
  EXPECT_EQ(bodies[0], big16(0xffff));
  receive(message('C', with_nul("COPY 2")) + ready());
  EXPECT_TRUE(completed(in));
  EXPECT_EQ(in.failure, nullptr);
  EXPECT_EQ(in.affected, 2);
  EXPECT_FALSE(talk.is_copying_in());
}
TEST_F(copying, in_sends_text_where_a_type_has_no_binary_form) {
  open(oid::interval, 0);
  rows({{7, "a\tb\\\n\r"}});
  EXPECT_EQ(sent(), "d");
  EXPECT_EQ(bodies[0], "7\ta\\tb\\\\\\n\\r\n");
  step(copy_step::close);
  EXPECT_EQ(sent(), "cS");
}
TEST_F(copying, in_keeps_rows_back_until_there_is_enough_to_send) {
  open();
  const std::vector<person> many(3, {1, std::string(40'000, 'x')});
  rows({many[0]});
  EXPECT_TRUE(completed(in));
  EXPECT_FALSE(talk.is_awaited());
  rows(many);
  EXPECT_TRUE(done.empty()) << "the second is more than a chunk";
  EXPECT_EQ(sent(), "dd");
  EXPECT_TRUE(talk.go_on_copying()) << "and so are the two that are left";
  EXPECT_EQ(sent(), "d");
  EXPECT_FALSE(talk.go_on_copying());
  note_completed();
  EXPECT_TRUE(completed(in));
}
TEST_F(copying, in_takes_no_more_memory_than_a_chunk_and_a_row) {
  open();
  const std::vector<person> people(200, {1, std::string(10'000, 'x')});
  rows(people);
  std::size_t sends = 0;
  do {
    EXPECT_LE(talk.output().size(), copy_writer::chunk_bytes + 10'100);
    sent();
    ++sends;
  } while (talk.go_on_copying());
  EXPECT_GE(sends, 28U);
}
TEST_F(copying, in_ends_at_once_when_the_server_objects_to_a_row) {
  open();
  const std::vector<person> people(200, {1, std::string(10'000, 'x')});
  rows(people);
  sent();
  receive(failed("23505"));
  EXPECT_EQ(sent(), "S") << "until then the server passes over what it is sent";
  receive(ready());
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), unique_violation);
  EXPECT_FALSE(talk.is_copying_in());
  EXPECT_FALSE(talk.go_on_copying());
}
TEST_F(copying, in_tells_the_next_step_of_an_error_that_came_between_two) {
  open();
  rows({{1, "ada"}});
  EXPECT_TRUE(completed(in));
  receive(failed("23505") + ready());
  EXPECT_TRUE(done.empty());
  rows({{2, "bob"}});
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), unique_violation);
  step(copy_step::abort);
  EXPECT_TRUE(completed(in));
  EXPECT_EQ(in.failure, nullptr) << "it has ended already";
}
TEST_F(copying, in_is_given_up_by_copy_fail) {
  open();
  rows({{1, "ada"}});
  EXPECT_TRUE(completed(in));
  step(copy_step::abort);
  EXPECT_EQ(sent(), "dfS");
  receive(failed("57014") + ready());
  EXPECT_TRUE(completed(in));
  EXPECT_EQ(in.failure, nullptr);
}
TEST_F(copying, in_that_has_failed_is_given_up_without_another_word) {
  open();
  receive(failed("23505"));
  EXPECT_EQ(sent(), "S");
  step(copy_step::abort);
  EXPECT_EQ(sent(), "");
  EXPECT_TRUE(done.empty());
  receive(ready());
  EXPECT_TRUE(completed(in));
}
TEST_F(copying, in_refuses_a_row_that_cannot_be_sent_and_sends_nothing_of_it) {
  open();
  rows({{1, "ada"}, {2, "\xff"}});
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), value_error);
  EXPECT_EQ(sent(), "");
}
TEST_F(copying, in_fails_where_the_table_is_not_there) {
  step(copy_step::open);
  sent();
  receive(failed("42P01"));
  EXPECT_EQ(sent(), "S");
  receive(ready());
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), statement_error);
  EXPECT_FALSE(talk.is_copying_in());
}
TEST_F(copying, in_fails_where_the_column_takes_no_such_field) {
  step(copy_step::open);
  sent();
  receive(description(oid::bytea));
  EXPECT_EQ(sent(), "S");
  receive(ready());
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), query_error);
}
TEST_F(copying, in_refuses_other_requests_between_its_steps) {
  open();
  request script;
  script.script = "SELECT 1";
  submit(script);
  EXPECT_TRUE(completed(script)) << "its rows may be waited for with it";
  EXPECT_EQ(failure_of<transaction_error>([&] { std::rethrow_exception(script.failure); }).code(),
            errc::concurrent_use);
  EXPECT_EQ(sent(), "");
  step(copy_step::close);
  EXPECT_EQ(sent(), "dcS");
  receive(message('C', with_nul("COPY 0")) + ready());
  EXPECT_TRUE(completed(in));
  submit(script);
  EXPECT_EQ(sent(), "Q");
  receive(message('C', with_nul("SELECT 1")) + ready());
  EXPECT_TRUE(completed(script));
  EXPECT_FALSE(script.failure);
}
TEST_F(copying, in_refuses_a_group_with_its_members) {
  open();
  request member;
  member.plan = &from;
  request group;
  group.members = &member;
  submit(group);
  EXPECT_TRUE(completed(group));
  EXPECT_EQ(failure_of<error>([&] { std::rethrow_exception(member.failure); }).code(), errc::not_run);
}
TEST_F(copying, in_refuses_what_has_waited_for_its_beginning) {
  step(copy_step::open);
  request script;
  script.script = "SELECT 1";
  submit(script);
  EXPECT_TRUE(done.empty());
  receive(description() + copy_response('G'));
  EXPECT_EQ(done, (std::vector<request*>{&in, &script}));
  EXPECT_FALSE(in.failure);
  EXPECT_TRUE(script.failure);
}
TEST_F(copying, in_closes_a_result_behind_itself_that_is_left_meanwhile) {
  request begin;
  begin.script = "BEGIN";
  submit(begin);
  receive(message('C', with_nul("BEGIN")) + ready('T'));
  out.in_bulk = false;
  submit(out);
  receive(description() + ready('T') + message('2') + message('D', data_row({big64(1), "ada"})) +
          message('D', data_row({big64(2), "bob"})) + message('s') + ready('T'));
  EXPECT_TRUE(out.more);
  done.clear();
  sent();
  open();
  talk.finish(*reinterpret_cast<server_statement*>(prepared));
  talk.release(std::unique_ptr<server_statement>(reinterpret_cast<server_statement*>(prepared)));
  prepared = nullptr;
  rows({{1, "ada"}});
  step(copy_step::close);
  EXPECT_EQ(sent(), "ddcS") << "nothing comes between the rows";
  receive(message('C', with_nul("COPY 1")) + ready('T'));
  EXPECT_EQ(sent(), "CSC");
  request script;
  script.script = "SELECT 1";
  done.clear();
  submit(script);
  EXPECT_EQ(sent(), "Q");
  receive(message('3') + ready('T') + message('3') + message('C', with_nul("SELECT 1")) + ready('T'));
  EXPECT_TRUE(completed(script));
}
TEST_F(copying, in_that_ends_without_an_answer_is_a_violation) {
  open();
  step(copy_step::close);
  expect_violation([&] { receive(ready()); });
}
TEST_F(copying, in_that_nobody_opened_refuses_rows) {
  rows({{1, "ada"}});
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), transaction_error);
}
TEST_F(copying, in_fails_with_the_connection) {
  open();
  talk.fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "gone")));
  rows({{1, "ada"}});
  EXPECT_TRUE(completed(in));
  EXPECT_THROW(std::rethrow_exception(in.failure), connection_error);
}
TEST_F(copying, in_ends_the_connection_where_the_server_expects_other_rows) {
  step(copy_step::open);
  receive(description());
  EXPECT_THROW(receive(copy_response('G', 0)), connection_error);
}
TEST_F(copying, in_ends_the_connection_where_the_number_of_rows_is_not_told) {
  open();
  step(copy_step::close);
  EXPECT_THROW(receive(message('C', with_nul("CAPY 2"))), connection_error);
}
TEST_F(copying, in_as_a_statement_is_refused_and_the_connection_goes_on) {
  statement_plan plain;
  plain.text = "COPY people FROM STDIN";
  request statement;
  statement.plan = &plain;
  submit(statement);
  EXPECT_EQ(sent(), "PDS");
  receive(message('1') + message('t', big16(0)) + message('n') + ready());
  EXPECT_EQ(sent(), "PBES");
  receive(copy_response('G'));
  EXPECT_EQ(sent(), "fS") << "the server passes over the first Sync while it takes rows";
  receive(failed("57014") + ready());
  EXPECT_TRUE(completed(statement));
  const auto e = failure_of<query_error>([&] { std::rethrow_exception(statement.failure); });
  EXPECT_EQ(e.code(), errc::invalid_query);
  EXPECT_TRUE(says(e, "copy_in()")) << e.what();
}
TEST_F(copying, in_within_a_script_is_refused_and_the_connection_goes_on) {
  request script;
  script.script = "COPY people FROM STDIN";
  submit(script);
  sent();
  receive(copy_response('G'));
  EXPECT_EQ(sent(), "f");
  receive(failed("57014") + ready());
  EXPECT_TRUE(completed(script));
  EXPECT_TRUE(says(failure_of<query_error>([&] { std::rethrow_exception(script.failure); }), "copy_in()"));
}

// ---- out

std::string tuple(std::int64_t id, const std::string& name) {
  return data_row({big64(static_cast<std::uint64_t>(id)), name});
}
const std::string last_row = big16(0xffff);

struct copying_out : copying {
  void begin() {
    submit(out);
    receive(description() + copy_response('H'));
    sent();
  }
  static std::string data(const std::string& bytes) { return message('d', bytes); }
  static std::string end() { return data(last_row) + message('c') + message('C', with_nul("COPY 3")) + ready(); }
};

TEST_F(copying_out, asks_for_binary_in_the_transaction_of_the_description) {
  submit(out);
  EXPECT_EQ(sent(), "PDH");
  receive(description());
  EXPECT_EQ(sent(), "PBES");
  EXPECT_EQ(bodies[0],
            with_nul("") + with_nul("COPY (SELECT id, name FROM people\n) TO STDOUT (FORMAT binary)") + big16(0));
}
TEST_F(copying_out, decodes_rows_straight_from_the_copy) {
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")));
  EXPECT_TRUE(completed(out));
  EXPECT_TRUE(out.more);
  EXPECT_EQ(read.at(1).name, "bob");
  submit(out);
  receive(data(tuple(3, "cyd")) + end());
  EXPECT_TRUE(completed(out));
  EXPECT_FALSE(out.more);
  EXPECT_EQ(out.row_count, 1U);
  EXPECT_EQ(out.affected, 0);
  EXPECT_EQ(read.at(2).id, 3);
}
TEST_F(copying_out, reads_nothing_more_until_rows_are_asked_for) {
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")) + data(tuple(3, "cyd")) + end());
  EXPECT_TRUE(completed(out));
  EXPECT_FALSE(talk.is_awaited());
  EXPECT_EQ(read.size(), 2U);
  submit(out);
  EXPECT_TRUE(completed(out)) << "from what was received before";
  EXPECT_EQ(read.size(), 3U);
  EXPECT_FALSE(out.more);
}
TEST_F(copying_out, of_no_rows_has_header_and_end_in_one_message) {
  begin();
  receive(data(header + last_row) + message('c') + message('C', with_nul("COPY 0")) + ready());
  EXPECT_TRUE(completed(out));
  EXPECT_EQ(out.row_count, 0U);
}
TEST_F(copying_out, is_read_into_memory_when_the_connection_is_needed_for_something_else) {
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")));
  EXPECT_TRUE(completed(out));
  request script;
  script.script = "SELECT 1";
  submit(script);
  EXPECT_EQ(sent(), "Q");
  receive(data(tuple(3, "cyd")) + end() + message('C', with_nul("SELECT 1")) + ready());
  EXPECT_TRUE(completed(script));
  EXPECT_EQ(read.size(), 2U);
  submit(out);
  EXPECT_TRUE(completed(out));
  EXPECT_EQ(read.at(2).name, "cyd");
}
TEST_F(copying_out, is_read_into_memory_for_who_waits_behind_it) {
  begin();
  request script;
  script.script = "SELECT 1";
  submit(script);
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")) + data(tuple(3, "cyd")) + end() +
          message('C', with_nul("SELECT 1")) + ready());
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0], &out);
  EXPECT_EQ(done[1], &script);
  done.clear();
  submit(out);
  EXPECT_TRUE(completed(out));
  EXPECT_EQ(read.size(), 3U);
}
TEST_F(copying_out, that_is_left_outside_of_a_transaction_is_read_and_dropped) {
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")));
  done.clear();
  talk.finish(*reinterpret_cast<server_statement*>(prepared));
  request script;
  script.script = "SELECT 1";
  submit(script);
  receive(data(tuple(3, "cyd")) + data(last_row) + message('c') + message('C', with_nul("COPY 3")) + ready() +
          message('C', with_nul("SELECT 1")) + ready());
  EXPECT_FALSE(talk.is_stuck());
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0], &script);
  EXPECT_EQ(read.size(), 2U);
}
TEST_F(copying_out, that_is_left_behind_a_pooler_ends_the_connection) {
  talk = conversation(false);
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")));
  done.clear();
  talk.finish(*reinterpret_cast<server_statement*>(prepared));
  EXPECT_TRUE(talk.is_stuck());
}
TEST_F(copying_out, that_is_left_with_much_to_come_ends_the_connection) {
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")));
  done.clear();
  talk.finish(*reinterpret_cast<server_statement*>(prepared));
  const std::string large(1000, 'x');
  std::string much;
  for (int i = 0; i < 500; ++i) much += data(tuple(3, large));
  receive(much);
  EXPECT_FALSE(talk.is_stuck());
  receive(much + much);
  EXPECT_TRUE(talk.is_stuck());
}
TEST_F(copying_out, that_is_left_in_a_transaction_is_read_and_dropped) {
  request begun;
  begun.script = "BEGIN";
  submit(begun);
  receive(message('C', with_nul("BEGIN")) + ready('T'));
  begin();
  receive(data(header + tuple(1, "ada")) + data(tuple(2, "bob")));
  done.clear();
  talk.finish(*reinterpret_cast<server_statement*>(prepared));
  EXPECT_FALSE(talk.is_stuck());
  request script;
  script.script = "SELECT 1";
  submit(script);
  receive(data(tuple(3, "cyd")) + data(last_row) + message('c') + message('C', with_nul("COPY 3")) + ready('T') +
          message('C', with_nul("SELECT 1")) + ready('T'));
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0], &script);
  EXPECT_EQ(read.size(), 2U);
}
TEST_F(copying_out, that_ends_without_an_answer_is_a_violation) {
  begin();
  expect_violation([&] { receive(data(header + tuple(1, "ada")) + ready()); });
}
TEST_F(copying_out, fails_with_the_error_in_its_middle) {
  begin();
  receive(data(header + tuple(1, "ada")) + failed("22012") + ready());
  EXPECT_TRUE(completed(out));
  EXPECT_THROW(std::rethrow_exception(out.failure), database_error);
  EXPECT_EQ(out.row_count, 1U);
}
TEST_F(copying_out, ends_at_a_row_that_its_struct_cannot_hold) {
  begin();
  receive(data(header + data_row({std::nullopt, "ada"})));
  EXPECT_TRUE(completed(out));
  EXPECT_THROW(std::rethrow_exception(out.failure), decode_error);
  receive(data(tuple(3, "cyd")) + data(last_row) + message('c') + message('C', with_nul("COPY 3")) + ready());
  EXPECT_EQ(read.size(), 1U) << "nobody wants the rest";
}
TEST_F(copying_out, whose_column_its_struct_cannot_hold_lets_nobody_pass_those_who_wait) {
  submit(out);
  EXPECT_EQ(sent(), "PDH");
  request first;
  first.script = "SELECT 'first'";
  submit(first);
  receive(description(oid::int8));
  EXPECT_EQ(sent(), "S");
  request second;
  second.script = "SELECT 'second'";
  submit(second);
  EXPECT_EQ(sent(), "");
  receive(ready());
  EXPECT_TRUE(completed(out));
  EXPECT_THROW(std::rethrow_exception(out.failure), decode_error);
  EXPECT_EQ(sent(), "Q");
  EXPECT_EQ(bodies.at(0), with_nul("SELECT 'first'"));
}
TEST_F(copying_out, uses_a_portal_where_a_column_is_read_as_text) {
  submit(out);
  sent();
  receive(description(oid::interval));
  EXPECT_EQ(sent(), "BEH");
}
TEST_F(copying_out, uses_a_portal_for_what_copy_does_not_take) {
  from.text = "SHOW everything";
  submit(out);
  sent();
  receive(description());
  EXPECT_EQ(sent(), "BEH");
}
TEST_F(copying_out, ends_the_connection_where_its_data_is_none) {
  for (const std::string& broken :
       {std::string("PGCOPX\n\377\r\n\0", 11) + std::string(8, '\0'),  // another signature
        header.substr(0, 15),                                          // cut
        header.substr(0, 11) + big32(0x00010000) + big32(0),           // a flag that changes the format
        header.substr(0, 15) + big32(5) + "x",                         // an extension longer than what is there
        header + "x", header + last_row + "x", header + big16(3) + tuple(1, "ada").substr(2),
        header + tuple(1, "ada") + tuple(2, "bob")}) {
    conversation fresh(true);
    prepared_statement* handle = nullptr;
    request r = out;
    r.prepared = &handle;
    fresh.submit(r);
    const std::string bytes = description() + copy_response('H') + data(broken);
    std::memcpy(fresh.input().prepare(bytes.size()).data(), bytes.data(), bytes.size());
    fresh.input().commit(bytes.size());
    EXPECT_THROW(fresh.receive(), connection_error) << ::testing::PrintToString(broken);
    fresh.fail_all(std::make_exception_ptr(connection_error(errc::connection_lost, "gone")));
    fresh.take_completed();
    fresh.release(std::unique_ptr<server_statement>(reinterpret_cast<server_statement*>(handle)));
  }
}
TEST_F(copying_out, skips_an_extension_of_the_header) {
  begin();
  receive(data(header.substr(0, 15) + big32(3) + "abc" + tuple(1, "ada")) + end());
  EXPECT_TRUE(completed(out));
  EXPECT_EQ(read.at(0).name, "ada");
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
