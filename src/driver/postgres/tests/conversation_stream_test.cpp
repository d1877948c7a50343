// SPDX-License-Identifier: Apache-2.0
#include "conversation_fixture.hpp"

namespace tupelo::driver::postgres {
namespace {

using testing::asked;
using testing::message_bytes;

struct conversation_stream_test : testing::conversation_test {
  static std::string suspended() { return message_bytes('s', ""); }
  std::vector<request*> completed() {
    std::vector<request*> all;
    for (request* each = talk->take_completed(); each != nullptr; each = std::exchange(each->next, nullptr))
      all.push_back(each);
    return all;
  }
  /// A stream outside of a transaction that has read its first two rows, and has more.
  asked& open_stream() {
    asked& stream = read("SELECT n FROM t");
    stream.run.fetch = 2;
    talk->submit(stream.run);
    answer(described(true) + ready());
    EXPECT_EQ(sent(), "PDSBEH");
    answer(message_bytes('2', "") + row(1) + row(2) + suspended());
    EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
    EXPECT_TRUE(stream.run.more);
    return stream;
  }
  /// The same without names: the statement is parsed with its run, which says what it gives.
  asked& open_unnamed_stream() {
    talk = std::make_unique<conversation>(false);
    asked& stream = read("SELECT n FROM t");
    stream.run.fetch = 2;
    talk->submit(stream.run);
    answer(described(true) + ready());
    EXPECT_EQ(sent(), "PDSPBDEH");
    answer(message_bytes('1', "") + message_bytes('2', "") + columns() + row(1) + row(2) + suspended());
    EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
    return stream;
  }
  static std::string columns() {
    return described(true).substr(described(false).size() - message_bytes('n', "").size());
  }
};

TEST_F(conversation_stream_test, another_statement_has_the_rest_of_a_stream_read_ahead) {
  asked& stream = open_stream();
  asked& other = write();
  talk->submit(other.run);
  EXPECT_EQ(sent(), "ESPDS");
  answer(row(3) + message_bytes('C', testing::text_bytes("SELECT 3")) + ready());
  answer(described(false) + ready());
  answer(done("UPDATE 1") + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  talk->submit(stream.run);
  EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
  EXPECT_EQ(stream.rows, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_FALSE(stream.run.more);
}

TEST_F(conversation_stream_test, without_names_a_stream_waits_for_what_was_sent_before) {
  open_unnamed_stream();
  asked& next = read("SELECT n FROM u");
  next.run.fetch = 2;
  talk->submit(next.run);
  EXPECT_EQ(sent(), "ES") << "PgBouncer would take the answers of what follows for another client's";
  answer(row(3) + message_bytes('C', testing::text_bytes("SELECT 3")) + ready());
  EXPECT_EQ(sent(), "PDS");
  answer(described(true) + ready());
  EXPECT_EQ(sent(), "PBDEH");
}

TEST_F(conversation_stream_test, without_names_a_stream_waits_for_the_end_of_another) {
  asked& stream = open_unnamed_stream();
  talk->finish(*reinterpret_cast<server_statement*>(stream.prepared));
  EXPECT_EQ(sent(), "S") << "which ends its transaction, and the portal with it";
  stream.run.more = false;
  talk->submit(stream.run);
  EXPECT_EQ(sent(), "");
  answer(ready());
  EXPECT_EQ(sent(), "PBDEH");
}

TEST_F(conversation_stream_test, without_names_a_stream_of_a_transaction_waits_for_nothing) {
  talk = std::make_unique<conversation>(false);
  asked& first = write();
  talk->submit(first.run);
  sent();
  answer(described(false) + ready('T'));
  answer(done("UPDATE 1") + ready('T'));
  talk->submit(first.run);
  sent();
  asked& stream = read("SELECT n FROM t");
  stream.run.fetch = 2;
  talk->submit(stream.run);
  EXPECT_EQ(sent(), "PDS");
}

TEST_F(conversation_stream_test, a_rest_that_is_too_large_to_be_kept_is_lost_and_nothing_else_is) {
  asked& stream = open_stream();
  asked& other = write();
  talk->submit(other.run);
  sent();
  const std::string large = message_bytes('D', std::string(std::size_t{8} << 20, 'x'));
  for (std::size_t i = 0; i <= conversation::most_read_ahead >> 23; ++i) answer(large);
  answer(message_bytes('C', testing::text_bytes("SELECT 11")) + ready() + described(false) + ready());
  answer(done("UPDATE 1") + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  EXPECT_FALSE(other.run.failure);
  talk->submit(stream.run);
  EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
  EXPECT_EQ(stream.failure(), errc::concurrent_use);
  EXPECT_FALSE(stream.run.more);
  try {
    std::rethrow_exception(stream.run.failure);
  } catch (const error& lost) {
    EXPECT_EQ(lost.statement(), "SELECT n FROM t");
    EXPECT_NE(std::string(lost.what()).find("64 MiB"), std::string::npos) << lost.what();
  }
  sent();
  talk->submit(stream.run);
  EXPECT_EQ(sent(), "BEH") << "it can be read anew";
}

TEST_F(conversation_stream_test, a_statement_that_cannot_be_sent_leaves_the_reading_ahead_alone) {
  asked& stream = open_stream();
  asked unsendable("UPDATE t SET a = '\\0'", false);
  unsendable.plan.text = std::string("UPDATE t SET a = '\0'", 20);
  talk->submit(unsendable.run);
  EXPECT_EQ(completed(), std::vector<request*>{&unsendable.run});
  EXPECT_TRUE(unsendable.run.failure);
  EXPECT_EQ(sent(), "ES") << "the stream's rest was asked for all the same";
  answer(row(3) + message_bytes('C', testing::text_bytes("SELECT 3")) + ready());
  talk->submit(stream.run);
  EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
  EXPECT_EQ(stream.rows, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(conversation_stream_test, a_request_behind_rows_without_a_sync_waits_for_them) {
  asked& stream = open_stream();
  talk->submit(stream.run);
  EXPECT_EQ(sent(), "EH");
  asked& other = write();
  talk->submit(other.run);
  EXPECT_EQ(sent(), "") << "its Sync would be taken for that of the stream";
  answer(row(3) + message_bytes('C', testing::text_bytes("SELECT 3")));
  EXPECT_EQ(sent(), "S");
  answer(ready());
  EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
  EXPECT_EQ(sent(), "PDS");
  answer(described(false) + ready() + done("UPDATE 1") + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
}

// ---- statements that join the transaction of a stream

TEST_F(conversation_stream_test, a_statement_that_joins_a_stream_leaves_it_open) {
  asked& stream = open_stream();
  EXPECT_TRUE(talk->join_result(reinterpret_cast<server_statement*>(stream.prepared)));
  asked& other = read("SELECT m FROM u");
  talk->submit(other.run);
  EXPECT_EQ(sent(), "PDH");
  answer(described(true));
  EXPECT_EQ(sent(), "BEH") << "Sync would end the transaction";
  answer(message_bytes('2', "") + row(7) + message_bytes('C', testing::text_bytes("SELECT 1")));
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  EXPECT_EQ(other.rows, std::vector<std::int64_t>{7});
  talk->submit(other.run);
  EXPECT_EQ(sent(), "BEH") << "known by now";
  answer(message_bytes('2', "") + row(8) + message_bytes('C', testing::text_bytes("SELECT 1")));
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  talk->join_result(nullptr);
  talk->submit(stream.run);
  EXPECT_EQ(sent(), "EH");
  answer(row(3) + message_bytes('C', testing::text_bytes("SELECT 1")));
  EXPECT_EQ(sent(), "S");
  answer(ready());
  EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
  EXPECT_EQ(stream.rows, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(conversation_stream_test, a_statement_that_joins_a_stream_and_fails_ends_it) {
  asked& stream = open_stream();
  talk->join_result(reinterpret_cast<server_statement*>(stream.prepared));
  asked& other = read("SELECT m FROM u");
  talk->submit(other.run);
  sent();
  answer(described(true));
  sent();
  answer(refused("22012"));
  EXPECT_EQ(sent(), "S");
  answer(ready());
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  EXPECT_TRUE(other.run.failure);
  talk->join_result(nullptr);
  talk->submit(stream.run);
  EXPECT_EQ(completed(), std::vector<request*>{&stream.run});
  EXPECT_TRUE(stream.run.failure) << "its rest is gone, and not its end";
  talk->submit(other.run);
  EXPECT_EQ(sent(), "BES");
}

TEST_F(conversation_stream_test, a_statement_that_joins_a_stream_and_cannot_be_described_ends_it) {
  asked& stream = open_stream();
  talk->join_result(reinterpret_cast<server_statement*>(stream.prepared));
  asked& other = read("SELECT m FROM u");
  talk->submit(other.run);
  sent();
  answer(refused("42P01"));
  EXPECT_EQ(sent(), "S");
  answer(ready());
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  EXPECT_TRUE(other.run.failure);
  talk->submit(write().run);
  EXPECT_EQ(sent(), "PDS") << "the conversation goes on";
}

TEST_F(conversation_stream_test, a_statement_that_joins_another_stream_is_described_in_its_transaction) {
  asked& other = read("SELECT m FROM u");
  talk->submit(other.run);
  answer(described(true) + ready() + done("SELECT 0") + ready());
  completed();
  sent();
  asked& stream = open_stream();
  talk->join_result(reinterpret_cast<server_statement*>(stream.prepared));
  talk->submit(other.run);
  EXPECT_EQ(sent(), "CPDH") << "its plan may be out of date, which would end the stream";
  answer(message_bytes('3', "") + described(true));
  EXPECT_EQ(sent(), "BEH");
  answer(message_bytes('2', "") + message_bytes('C', testing::text_bytes("SELECT 0")));
  EXPECT_EQ(completed(), std::vector<request*>{&other.run});
  talk->submit(other.run);
  EXPECT_EQ(sent(), "BEH") << "the tables are locked as they were described";
}

TEST_F(conversation_stream_test, a_parameter_that_was_taken_for_a_text_is_one_in_a_stream_too) {
  asked& other = read("SELECT m FROM u WHERE n = $1 AND $2 IS NULL");
  talk->submit(other.run);
  sent();
  answer(untyped(2) + ready());
  EXPECT_EQ(sent(), "PDS");
  const std::string types = testing::int16_bytes(2) + testing::int32_bytes(0) + testing::int32_bytes(25);
  EXPECT_NE(last_sent.find(types), std::string::npos) << "the other one is left to the server";
  answer(described(true) + ready() + done("SELECT 0") + ready());
  completed();
  sent();
  asked& stream = open_stream();
  talk->join_result(reinterpret_cast<server_statement*>(stream.prepared));
  talk->submit(other.run);
  EXPECT_EQ(sent(), "CPDH");
  EXPECT_NE(last_sent.find(types), std::string::npos);
}

TEST_F(conversation_stream_test, a_script_joins_no_stream) {
  asked& stream = open_stream();
  talk->join_result(reinterpret_cast<server_statement*>(stream.prepared));
  request script;
  script.script = "SELECT 1";
  talk->submit(script);
  EXPECT_EQ(sent(), "ESQ");
}

TEST_F(conversation_stream_test, another_stream_is_not_joined) {
  asked& stream = open_stream();
  asked& other = write();
  talk->submit(other.run);  // reads the stream ahead
  sent();
  EXPECT_FALSE(talk->join_result(reinterpret_cast<server_statement*>(stream.prepared)));
}

TEST_F(conversation_stream_test, a_cancel_that_meets_the_reading_ahead_is_told_of) {
  open_stream();
  asked& other = write();
  talk->submit(other.run);
  EXPECT_FALSE(talk->take_missed_cancel());
  answer(refused("57014") + ready());
  EXPECT_TRUE(talk->take_missed_cancel());
  EXPECT_FALSE(talk->take_missed_cancel()) << "once";
  EXPECT_EQ(talk->current(), &other.run);
}

TEST_F(conversation_stream_test, a_script_whose_later_statement_cannot_be_sent_fails_alone) {
  request script;
  const std::string text("SELECT 1; SELECT '\0'", 21);
  script.script = text;
  talk->submit(script);
  EXPECT_EQ(sent(), "Q");
  answer(message_bytes('C', testing::text_bytes("SELECT 1")) + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&script});
  EXPECT_TRUE(script.failure);
}

}  // namespace
}  // namespace tupelo::driver::postgres
