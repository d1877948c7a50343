// SPDX-License-Identifier: Apache-2.0
// What types of parameters are made of is asked for where values are composites.
#include "conversation_fixture.hpp"

#include <cstddef>
#include <optional>

namespace tupelo::driver::postgres {
namespace {

using namespace testing;

struct pair {
  std::int32_t number{};
  std::optional<std::string> name{};
};
const type_ops int_ops = ops_of<std::int32_t>(kind::i32);
const type_ops name_ops = optional_ops_of<std::string>(kind::text);
const field_slot pair_slots[] = {{&int_ops, offsetof(pair, number), kind::i32, false, {}},
                                 {&name_ops, offsetof(pair, name), kind::text, true, {}}};
const custom_form pair_form{.composite = [] { return composite_ops{pair_slots, 2}; }};
type_ops make_pair_ops() {
  type_ops ops = ops_of<pair>(kind::custom);
  ops.to_text = [](const void*, std::string& out) { out = "(text)"; };
  ops.from_text = [](void*, std::string_view) { return true; };
  ops.form = &pair_form;
  return ops;
}
const type_ops pair_ops = make_pair_ops();

constexpr std::uint32_t pair_type = 16'500;

struct conversation_types_test : testing::conversation_test {
  pair object{7, "ada"};
  const void* objects[1] = {&object};

  asked& write_pair(const char* text = "INSERT INTO t VALUES ($1)") {
    asked& made = write(text);
    bind_step step;
    step.source = bind_source::field;
    step.first = 1;
    step.slot = slot_of(pair_ops, 0, "size");
    made.plan.binds = {step};
    made.run.objects = objects;
    return made;
  }
  static std::string takes(std::uint32_t type) {
    return message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(type)) + message_bytes('n', "");
  }
  static std::string value(const std::string& bytes) {
    return int32_bytes(static_cast<std::uint32_t>(bytes.size())) + bytes;
  }
  static std::string oid_value(std::uint32_t type) { return value(int32_bytes(type)); }
  static std::string type_row(std::uint32_t type, char sort, std::uint32_t base, std::uint32_t element,
                              const std::vector<std::uint32_t>& attributes, std::string_view name = "size") {
    std::string list = int32_bytes(0xffffffffu);
    if (!attributes.empty()) {
      std::string of = int32_bytes(1) + int32_bytes(0) + int32_bytes(26) +
                       int32_bytes(static_cast<std::uint32_t>(attributes.size())) + int32_bytes(1);
      for (const std::uint32_t each : attributes) of += oid_value(each);
      list = value(of);
    }
    return message_bytes('D', int16_bytes(6) + oid_value(type) + value(std::string(1, sort)) + oid_value(base) +
                                  oid_value(element) + list + value(std::string(name)));
  }
  static std::string answered(const std::string& rows) {
    return message_bytes('1', "") + message_bytes('2', "") + rows + message_bytes('C', text_bytes("SELECT 1"));
  }
  static std::string record(std::uint32_t name_type = 1043) {
    return int32_bytes(2) + int32_bytes(23) + value(int32_bytes(7)) + int32_bytes(name_type) + value("ada");
  }
  std::vector<request*> completed() {
    std::vector<request*> all;
    for (request* each = talk->take_completed(); each != nullptr; each = std::exchange(each->next, nullptr))
      all.push_back(each);
    return all;
  }
  bool has_sent(const std::string& bytes) const { return last_sent.find(bytes) != std::string::npos; }
};

TEST_F(conversation_types_test, a_composite_is_sent_with_the_types_that_the_server_tells) {
  asked& first = write_pair();
  talk->submit(first.run);
  EXPECT_EQ(sent(), "PDS");
  answer(takes(pair_type) + ready());
  EXPECT_EQ(sent(), "PBES") << "what the type is made of";
  EXPECT_TRUE(has_sent(oid_value(pair_type)));
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  EXPECT_EQ(sent(), "BES");
  EXPECT_TRUE(has_sent(value(record())));
  answer(done("INSERT 0 1") + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&first.run});
  EXPECT_FALSE(first.run.failure);
  EXPECT_EQ(first.run.affected, 1);
  asked& second = write_pair("INSERT INTO u VALUES ($1)");
  talk->submit(second.run);
  sent();
  answer(takes(pair_type) + ready());
  EXPECT_EQ(sent(), "BES") << "asked for once";
  EXPECT_TRUE(has_sent(value(record())));
}

TEST_F(conversation_types_test, arrays_and_domains_are_followed) {
  asked& one = write_pair();
  talk->submit(one.run);
  answer(takes(pair_type + 1) + ready());
  sent();
  answer(answered(type_row(pair_type + 1, 'd', pair_type, 0, {}) + type_row(pair_type, 'c', 0, 0, {23, pair_type + 2}) +
                  type_row(pair_type + 2, 'd', 25, 0, {})) +
         ready());
  EXPECT_EQ(sent(), "BES");
  EXPECT_TRUE(has_sent(value(record(pair_type + 2)))) << "by the domain's number, and as what it is made of";
}

TEST_F(conversation_types_test, a_type_that_is_none_of_these_is_sent_as_text_and_not_asked_for_again) {
  asked& one = write_pair();
  talk->submit(one.run);
  answer(takes(pair_type) + ready());
  sent();
  answer(answered("") + ready());
  EXPECT_EQ(sent(), "BES");
  EXPECT_TRUE(has_sent(value("(text)")));
  answer(done("INSERT 0 1") + ready());
  asked& other = write_pair("INSERT INTO u VALUES ($1)");
  talk->submit(other.run);
  sent();
  answer(takes(pair_type) + ready());
  EXPECT_EQ(sent(), "BES");
}

TEST_F(conversation_types_test, other_attributes_than_the_structs_are_refused_by_name) {
  const auto refusal = [&](const std::vector<std::uint32_t>& attributes) {
    talk = std::make_unique<conversation>(true);
    asked& one = write_pair();
    talk->submit(one.run);
    answer(takes(pair_type) + ready());
    answer(answered(type_row(pair_type, 'c', 0, 0, attributes)) + ready());
    EXPECT_EQ(completed(), std::vector<request*>{&one.run});
    try {
      std::rethrow_exception(one.run.failure);
    } catch (const query_error& e) {
      EXPECT_EQ(e.code(), errc::type_mismatch);
      return std::string(e.what());
    }
  };
  EXPECT_NE(refusal({23}).find("1 attributes there, and its struct has 2 fields"), std::string::npos);
  const std::string message = refusal({2950, 1043});
  EXPECT_NE(message.find("\"size\""), std::string::npos) << message;
  EXPECT_NE(message.find("attribute 1"), std::string::npos) << message;
}

TEST_F(conversation_types_test, a_type_that_has_changed_is_asked_for_again) {
  asked& one = write_pair();
  talk->submit(one.run);
  answer(takes(pair_type) + ready());
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  sent();
  answer(refused("42804", "record_recv") + ready());
  EXPECT_EQ(sent(), "CPDS");
  answer(message_bytes('3', "") + takes(pair_type) + ready());
  EXPECT_EQ(sent(), "PBES");
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 25})) + ready());
  EXPECT_EQ(sent(), "BES");
  EXPECT_TRUE(has_sent(value(record(25))));
  answer(done("INSERT 0 1") + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&one.run});
  EXPECT_FALSE(one.run.failure);
}

TEST_F(conversation_types_test, a_question_that_fails_is_asked_anew_by_the_next_run) {
  asked& one = write_pair();
  talk->submit(one.run);
  answer(takes(pair_type) + ready());
  sent();
  asked& behind = read();
  talk->submit(behind.run);
  EXPECT_EQ(sent(), "") << "it waits";
  answer(refused("57014") + ready());
  EXPECT_TRUE(one.run.failure);
  EXPECT_EQ(sent(), "PDS") << "what is behind it goes on";
  answer(described(true) + ready());
  answer(done("SELECT 0") + ready());
  sent();
  talk->submit(one.run);
  EXPECT_EQ(sent(), "CPDS");
  answer(message_bytes('3', "") + takes(pair_type) + ready());
  EXPECT_EQ(sent(), "PBES") << "the type is as unknown as before";
}

TEST_F(conversation_types_test, a_request_that_is_given_up_meanwhile_leaves_the_conversation_usable) {
  asked& one = write_pair();
  talk->submit(one.run);
  answer(takes(pair_type) + ready());
  EXPECT_TRUE(talk->abandon(one.run, std::make_exception_ptr(cancelled("no"))));
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  completed();
  sent();
  talk->submit(write().run);
  EXPECT_EQ(sent(), "PDS");
}

TEST_F(conversation_types_test, a_group_asks_once_for_all) {
  asked& first = write_pair();
  asked& second = write_pair("UPDATE t SET a = $1");
  first.run.next = &second.run;
  request group;
  group.members = &first.run;
  talk->submit(group);
  EXPECT_EQ(sent(), "PDPDS");
  answer(takes(pair_type) + takes(pair_type) + ready());
  EXPECT_EQ(sent(), "PBES");
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  EXPECT_EQ(sent(), "BEBES");
  EXPECT_TRUE(has_sent(value(record())));
  answer(done("INSERT 0 1") + done("UPDATE 1") + ready());
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_FALSE(group.failure);
}

TEST_F(conversation_types_test, a_group_asks_again_for_a_type_that_has_changed) {
  asked& early = write_pair("INSERT INTO old VALUES ($1)");
  talk->submit(early.run);
  answer(takes(pair_type) + ready());
  answer(answered(type_row(pair_type, 'c', 0, 0, {23})) + ready());
  completed();
  sent();
  EXPECT_EQ(early.failure(), errc::type_mismatch) << "it has one attribute yet";

  asked& first = write_pair();
  asked& second = write_pair("UPDATE t SET a = $1");
  first.run.next = &second.run;
  request group;
  group.members = &first.run;
  talk->submit(group);
  EXPECT_EQ(sent(), "PDPDS");
  answer(takes(pair_type) + takes(pair_type) + ready());
  EXPECT_EQ(sent(), "PBES") << "what is known of the type does not count any more";
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  EXPECT_EQ(sent(), "BEBES");
  EXPECT_TRUE(has_sent(value(record())));
  answer(done("INSERT 0 1") + done("UPDATE 1") + ready());
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_FALSE(group.failure);
}

TEST_F(conversation_types_test, a_group_reads_its_rows_though_a_type_was_asked_for_again) {
  asked& early = write_pair("INSERT INTO old VALUES ($1)");
  talk->submit(early.run);
  answer(takes(pair_type) + ready());
  answer(answered(type_row(pair_type, 'c', 0, 0, {23})) + ready());
  completed();
  sent();

  asked& returning = write_pair("INSERT INTO t VALUES ($1) RETURNING n");
  asked& plain = write("UPDATE t SET a = 1");
  returning.plan.reads = read().plan.reads;
  returning.run.next = &plain.run;
  request group;
  group.members = &returning.run;
  talk->submit(group);
  answer(message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(pair_type)) +
         described(true).substr(described(true).find('T')) + described(false) + ready());
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  answer(message_bytes('2', "") + row(5) + message_bytes('C', text_bytes("INSERT 0 1")) + done("UPDATE 1") + ready());
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_FALSE(group.failure);
  EXPECT_EQ(returning.rows, (std::vector<std::int64_t>{5}));
}

TEST_F(conversation_types_test, a_group_whose_struct_has_other_attributes_is_refused_after_one_question) {
  asked& before = write();
  asked& failing = write_pair();
  before.run.next = &failing.run;
  request group;
  group.members = &before.run;
  for (int i = 0; i != 2; ++i) {
    talk->submit(group);
    sent();
    answer((i == 0 ? described(false) : message_bytes('3', "")) + takes(pair_type) + ready());
    EXPECT_EQ(sent(), "PBES") << i;
    answer(answered(type_row(pair_type, 'c', 0, 0, {23})) + ready());
    EXPECT_EQ(talk->take_completed(), &group);
    EXPECT_EQ(sent(), "");
    EXPECT_EQ(failing.failure(), errc::type_mismatch);
    EXPECT_EQ(before.failure(), errc::not_run);
  }
}

TEST_F(conversation_types_test, a_group_whose_type_changed_in_an_older_transaction_says_so) {
  asked& single = write_pair();
  talk->submit(single.run);
  answer(takes(pair_type) + ready('T'));
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready('T'));
  answer(done("INSERT 0 1") + ready('T'));
  completed();
  sent();
  request group;
  group.members = &single.run;
  talk->submit(group);
  EXPECT_EQ(sent(), "BES");
  answer(refused("42804", "record_recv") + ready('E'));
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_EQ(sent(), "") << "what was done before in the transaction is lost";
  EXPECT_EQ(single.failure(), errc::serialization_failure);
  try {
    std::rethrow_exception(group.failure);
  } catch (const error& e) {
    EXPECT_TRUE(testing::says(e, "type")) << e.what();
    EXPECT_TRUE(e.retryable());
  }
}

TEST_F(conversation_types_test, a_column_of_a_type_that_no_field_takes_is_told_by_the_types_name) {
  const auto of_mood = [] {
    return message_bytes('1', "") + message_bytes('t', int16_bytes(0)) +
           message_bytes('T', int16_bytes(1) + text_bytes("n") + int32_bytes(0) + int16_bytes(0) +
                                  int32_bytes(pair_type) + int16_bytes(8) + int32_bytes(0xFFFFFFFF) + int16_bytes(0));
  };
  const std::string named = answered(type_row(pair_type, 'e', 0, 0, {}, "app.mood"));
  const auto says_name = [](const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const decode_error& e) {
      EXPECT_TRUE(says(e, "PostgreSQL's app.mood")) << e.what();
    }
  };
  asked& single = read("SELECT mood FROM t");
  talk->submit(single.run);
  answer(of_mood() + ready());
  sent();
  answer(named + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&single.run});
  says_name(single.run.failure);
  EXPECT_EQ(sent(), "");

  talk = std::make_unique<conversation>(true);
  asked& first = write();
  asked& second = read("SELECT mood FROM u");
  first.run.next = &second.run;
  request group;
  group.members = &first.run;
  talk->submit(group);
  answer(described(false) + of_mood() + ready());
  sent();
  answer(named + ready());
  EXPECT_EQ(sent(), "CPDS");
  answer(message_bytes('3', "") + of_mood() + ready());
  EXPECT_EQ(talk->take_completed(), &group);
  EXPECT_EQ(sent(), "");
  says_name(second.run.failure);
  EXPECT_EQ(first.failure(), errc::not_run);

  talk = std::make_unique<conversation>(true);
  asked& copied = read("SELECT mood FROM v");
  copied.run.in_bulk = true;
  copied.run.fetch = 2;
  talk->submit(copied.run);
  EXPECT_EQ(sent(), "PDH");
  answer(of_mood());
  EXPECT_EQ(sent(), "PBES");
  answer(named + ready());
  EXPECT_EQ(completed(), std::vector<request*>{&copied.run});
  EXPECT_EQ(sent(), "");
  ASSERT_TRUE(copied.run.failure) << "no rows are not what the table has";
  says_name(copied.run.failure);
}

TEST_F(conversation_types_test, a_copy_asks_in_its_own_transaction_each_time) {
  asked& rows = write_pair("COPY t (size) FROM STDIN");
  rows.run.copy = copy_step::open;
  rows.run.script = "SELECT size FROM t";
  rows.run.prepared = nullptr;
  for (int i = 0; i != 2; ++i) {
    talk = std::make_unique<conversation>(true);
    talk->submit(rows.run);
    EXPECT_EQ(sent(), "PDH");
    answer(message_bytes('1', "") + message_bytes('t', int16_bytes(0)) +
           message_bytes('T', int16_bytes(1) + text_bytes("size") + int32_bytes(0) + int16_bytes(0) +
                                  int32_bytes(pair_type) + int16_bytes(8) + int32_bytes(0xFFFFFFFF) + int16_bytes(0)));
    EXPECT_EQ(sent(), "PBEH") << "no Sync: the type stays as it is";
    answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})));
    EXPECT_EQ(sent(), "PBEH");
    EXPECT_TRUE(has_sent("FORMAT binary"));
  }
}

TEST_F(conversation_types_test, a_copy_with_values_asks_and_reads_its_rows_from_a_portal) {
  asked& rows = read("SELECT n FROM t WHERE size = $1");
  rows.plan.binds = write_pair().plan.binds;
  rows.run.objects = objects;
  rows.run.in_bulk = true;
  rows.run.fetch = 2;
  talk->submit(rows.run);
  EXPECT_EQ(sent(), "PDS");
  answer(message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(pair_type)) +
         described(true).substr(described(true).find('T')) + ready());
  EXPECT_EQ(sent(), "PBES");
  answer(answered(type_row(pair_type, 'c', 0, 0, {23, 1043})) + ready());
  EXPECT_EQ(sent(), "BEH");
  EXPECT_TRUE(has_sent(value(record())));
  answer(message_bytes('2', "") + row(5) + message_bytes('C', text_bytes("SELECT 1")));
  EXPECT_EQ(sent(), "S");
  answer(ready());
  EXPECT_EQ(completed(), std::vector<request*>{&rows.run});
  EXPECT_FALSE(rows.run.failure);
  EXPECT_EQ(rows.rows, (std::vector<std::int64_t>{5}));
}

TEST_F(conversation_types_test, an_answer_that_is_none_ends_the_connection) {
  for (const std::string& row :
       {int16_bytes(4), int16_bytes(6) + oid_value(pair_type), int16_bytes(6) + int32_bytes(9),
        int16_bytes(6) + oid_value(pair_type) + value("c") + oid_value(0) + oid_value(0) +
            value(int32_bytes(1) + int32_bytes(0) + int32_bytes(26) + int32_bytes(0x7fffffff) + int32_bytes(1)),
        int16_bytes(6) + oid_value(pair_type) + value("e") + oid_value(0) + oid_value(0) + int32_bytes(0xffffffffu) +
            int32_bytes(0xffffffffu)}) {
    talk = std::make_unique<conversation>(true);
    asked& one = write_pair();
    talk->submit(one.run);
    answer(takes(pair_type) + ready());
    EXPECT_THROW(answer(message_bytes('1', "") + message_bytes('2', "") + message_bytes('D', row)), connection_error);
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres
