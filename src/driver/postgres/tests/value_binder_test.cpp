// SPDX-License-Identifier: Apache-2.0
#include "codec_fixtures.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <bit>
#include <cmath>
#include <limits>

namespace tupelo::driver::postgres::testing {
namespace {

constexpr std::uint32_t user_type = 16402;

bind_step field_step(const type_ops& ops, std::size_t offset = 0, std::uint32_t first = 1) {
  bind_step step;
  step.source = bind_source::field;
  step.k = ops.k;
  step.first = first;
  step.slot = slot_of(ops, offset);
  return step;
}
bind_step value_step(kind k, std::uint32_t first = 1) {
  bind_step step;
  step.source = bind_source::value;
  step.k = k;
  step.first = first;
  return step;
}
statement_plan plan_of(std::vector<bind_step> binds) {
  statement_plan plan;
  plan.binds = std::move(binds);
  return plan;
}

/// The bytes that a field's value is sent as.
template <class T>
std::string field_bytes(const type_ops& ops, std::uint32_t type, const T& value) {
  const void* object = &value;
  const auto parameters = sent(plan_of({field_step(ops)}), {type}, nullptr, &object);
  return parameters.values.at(0).value();
}
template <class T>
std::string field_bytes(kind k, oid type, const T& value) {
  return field_bytes(ops_of<T>(k), number(type), value);
}
/// The bytes of a value of one word.
std::string word_bytes(kind k, oid type, std::uint64_t word) {
  return sent(plan_of({value_step(k)}), {number(type)}, &word).values.at(0).value();
}
std::string text_bytes(kind k, oid type, std::string_view text) {
  inline_word_buffer<16> values;
  values.push_text(text);
  return sent(plan_of({value_step(k)}), {number(type)}, values.data()).values.at(0).value();
}
template <class T>
errc refused_field(kind k, oid type, const T& value) {
  const auto e = failure_of<value_error>([&] { field_bytes(k, type, value); });
  EXPECT_TRUE(says(e, "column \"price\"")) << e.what();
  return e.code();
}

TEST(value_binder, integers_go_into_every_number) {
  EXPECT_EQ(field_bytes(kind::i32, oid::int4, std::int32_t{-2}), big32(0xfffffffeu));
  EXPECT_EQ(field_bytes(kind::i64, oid::int8, std::int64_t{-2}), big64(0xfffffffffffffffeu));
  EXPECT_EQ(field_bytes(kind::i64, oid::int2, std::int64_t{-32768}), big16(0x8000));
  EXPECT_EQ(field_bytes(kind::u8, oid::int4, std::uint8_t{255}), big32(255));
  EXPECT_EQ(field_bytes(kind::u32, oid::oid, std::uint32_t{4294967295u}), big32(0xffffffffu));
  EXPECT_EQ(field_bytes(kind::i32, oid::float8, std::int32_t{3}), big64(std::bit_cast<std::uint64_t>(3.0)));
  EXPECT_EQ(field_bytes(kind::i32, oid::numeric, std::int32_t{-3}),
            big16(1) + big16(0) + big16(0x4000) + big16(0) + big16(3));
  EXPECT_EQ(field_bytes(kind::u64, oid::numeric, std::numeric_limits<std::uint64_t>::max()),
            big16(5) + big16(4) + big16(0) + big16(0) + big16(1844) + big16(6744) + big16(737) + big16(955) +
                big16(1615));
  EXPECT_EQ(word_bytes(kind::i16, oid::int8, static_cast<std::uint64_t>(-5)), big64(static_cast<std::uint64_t>(-5)));
  EXPECT_EQ(word_bytes(kind::u64, oid::int8, 5), big64(5));
  EXPECT_EQ(failure_of<value_error>([] { word_bytes(kind::u64, oid::int8, 1ull << 63); }).code(),
            errc::value_out_of_range);
}

TEST(value_binder, integer_beyond_its_type_is_refused) {
  EXPECT_EQ(refused_field(kind::i32, oid::int2, std::int32_t{32768}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::i32, oid::int2, std::int32_t{-32769}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::i64, oid::int4, std::int64_t{2147483648}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::u64, oid::int8, std::uint64_t{9223372036854775808u}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::i32, oid::oid, std::int32_t{-1}), errc::value_out_of_range);
}

TEST(value_binder, refusal_names_the_type_and_never_the_value) {
  const auto e = failure_of<value_error>([] { field_bytes(kind::i32, oid::int2, std::int32_t{31337000}); });
  EXPECT_TRUE(says(e, "int2")) << e.what();
  EXPECT_FALSE(says(e, "31337")) << e.what();
  std::uint64_t word = 31337000;
  const auto unnamed =
      failure_of<value_error>([&] { sent(plan_of({value_step(kind::i32)}), {number(oid::int2)}, &word); });
  EXPECT_TRUE(says(unnamed, "parameter $1")) << unnamed.what();
}

TEST(value_binder, truth_values_are_one_byte) {
  EXPECT_EQ(field_bytes(kind::boolean, oid::boolean, true), bytes_of({1}));
  EXPECT_EQ(field_bytes(kind::boolean, oid::boolean, false), bytes_of({0}));
  EXPECT_EQ(field_bytes(kind::boolean, oid::int2, true), big16(1));
  EXPECT_EQ(word_bytes(kind::boolean, oid::boolean, 1), bytes_of({1}));
  EXPECT_EQ(refused_field(kind::i32, oid::boolean, std::int32_t{2}), errc::value_out_of_range);
}

TEST(value_binder, real_numbers_go_where_nothing_is_lost) {
  EXPECT_EQ(field_bytes(kind::f64, oid::float8, 0.1), big64(std::bit_cast<std::uint64_t>(0.1)));
  EXPECT_EQ(field_bytes(kind::f32, oid::float4, 0.1f), big32(std::bit_cast<std::uint32_t>(0.1f)));
  EXPECT_EQ(field_bytes(kind::f64, oid::int4, -7.0), big32(static_cast<std::uint32_t>(-7)));
  EXPECT_EQ(word_bytes(kind::f64, oid::float8, std::bit_cast<std::uint64_t>(2.5)),
            big64(std::bit_cast<std::uint64_t>(2.5)));
  const std::string tenth = big16(1) + big16(0xffff) + big16(0) + big16(1) + big16(1000);
  EXPECT_EQ(field_bytes(kind::f32, oid::numeric, 0.1f), tenth);
  EXPECT_EQ(field_bytes(kind::f64, oid::numeric, 0.1), tenth);
  EXPECT_EQ(refused_field(kind::f64, oid::int4, 0.5), errc::invalid_value);
  EXPECT_EQ(refused_field(kind::f64, oid::int8, 9223372036854775808.0), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::f64, oid::int8, std::nan("")), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::f64, oid::float4, 1e300), errc::value_out_of_range);
}

TEST(value_binder, decimals_go_where_nothing_is_lost) {
  EXPECT_EQ(field_bytes(kind::decimal, oid::numeric, decimal::parse("1.10")),
            big16(2) + big16(0) + big16(0) + big16(2) + big16(1) + big16(1000));
  EXPECT_EQ(text_bytes(kind::decimal, oid::numeric, "1.10"),
            big16(2) + big16(0) + big16(0) + big16(2) + big16(1) + big16(1000));
  EXPECT_EQ(field_bytes(kind::decimal, oid::int4, decimal::parse("7.00")), big32(7));
  EXPECT_EQ(refused_field(kind::decimal, oid::int4, decimal::parse("7.01")), errc::invalid_value);
  EXPECT_EQ(refused_field(kind::decimal, oid::int8, decimal::parse("1e30")), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::decimal, oid::int8, decimal::nan()), errc::value_out_of_range);
}

TEST(value_binder, text_goes_as_it_is) {
  for (const oid type : {oid::text, oid::varchar, oid::bpchar, oid::name, oid::json, oid::xml, oid::inet, oid::uuid,
                         oid::interval, oid::timestamptz, oid::int4, static_cast<oid>(user_type)}) {
    EXPECT_EQ(field_bytes(kind::text, type, std::string("as it is")), "as it is");
  }
  EXPECT_EQ(field_bytes(level_ops(), user_type, level::high), "high");
  EXPECT_EQ(field_bytes(colour_ops(), number(oid::text), colour{"red"}), "red");
  EXPECT_EQ(field_bytes(kind::json, oid::json, json::parse("[1]")), "[1]");
  EXPECT_EQ(field_bytes(kind::json, oid::jsonb, json::parse("[1]")), "\x01[1]");
  EXPECT_EQ(text_bytes(kind::text, oid::text, ""), "");
}

TEST(value_binder, types_without_a_binary_form_here_go_as_text) {
  const std::string address("10.0.0.1");
  const void* object = &address;
  const type_ops text = ops_of<std::string>(kind::text);
  EXPECT_FALSE(sent(plan_of({field_step(text)}), {number(oid::inet)}, nullptr, &object).binary.at(0));
  EXPECT_TRUE(sent(plan_of({field_step(text)}), {number(oid::text)}, nullptr, &object).binary.at(0));
}

TEST(value_binder, text_that_no_database_holds_is_refused) {
  EXPECT_EQ(refused_field(kind::text, oid::text, std::string("a\0b", 3)), errc::invalid_text);
  EXPECT_EQ(refused_field(kind::text, oid::varchar, std::string("\xff")), errc::invalid_text);
  EXPECT_EQ(refused_field(kind::text, oid::inet, std::string("\xff")), errc::invalid_text);
  EXPECT_EQ(failure_of<value_error>([] { text_bytes(kind::text, oid::text, "\xff"); }).code(), errc::invalid_text);
}

TEST(value_binder, bytes_and_uuids_go_as_they_are) {
  EXPECT_EQ(field_bytes(kind::bytes, oid::bytea, to_bytes(std::string_view("\0\xff", 2))), std::string("\0\xff", 2));
  const uuid id = uuid::parse("30313233-3435-3637-3839-616263646566");
  EXPECT_EQ(field_bytes(kind::uuid, oid::uuid, id), "0123456789abcdef");
  EXPECT_EQ(field_bytes(kind::uuid, oid::text, id), id.to_string());
  EXPECT_EQ(text_bytes(kind::uuid, oid::uuid, id.to_string()), "0123456789abcdef");
  EXPECT_EQ(text_bytes(kind::uuid, oid::uuid, "0123456789abcdef"), "0123456789abcdef");
  EXPECT_EQ(failure_of<value_error>([] { text_bytes(kind::uuid, oid::uuid, "no uuid"); }).code(), errc::invalid_value);
}

TEST(value_binder, times_count_from_the_year_2000) {
  EXPECT_EQ(field_bytes(kind::timestamp, oid::timestamptz, timestamp::parse("2000-01-01 00:00:01")), big64(1'000'000));
  EXPECT_EQ(field_bytes(kind::timestamp, oid::timestamp, timestamp{0}),
            big64(static_cast<std::uint64_t>(-946'684'800'000'000)));
  EXPECT_EQ(field_bytes(kind::timestamp, oid::date, timestamp::parse("2000-01-02 00:00")), big32(1));
  EXPECT_EQ(field_bytes(kind::date, oid::date, date::parse("1999-12-31")), big32(0xffffffffu));
  EXPECT_EQ(field_bytes(kind::date, oid::timestamp, date::parse("2000-01-02")), big64(86'400'000'000));
  EXPECT_EQ(word_bytes(kind::timestamp, oid::timestamptz, 946'684'800'000'000), big64(0));
  EXPECT_EQ(word_bytes(kind::date, oid::date, 10'957), big32(0));
  const type_ops seconds = chrono_ops<std::int64_t>(kind::timestamp, 1'000'000, 1);
  EXPECT_EQ(field_bytes(seconds, number(oid::timestamptz), std::int64_t{946'684'801}), big64(1'000'000));
}

TEST(value_binder, infinite_time_is_the_server_s) {
  EXPECT_EQ(field_bytes(kind::timestamp, oid::timestamptz, timestamp::infinity()), big64(0x7fffffffffffffffu));
  EXPECT_EQ(word_bytes(kind::timestamp, oid::timestamp, static_cast<std::uint64_t>(INT64_MIN)),
            big64(0x8000000000000000u));
  EXPECT_EQ(field_bytes(kind::timestamp, oid::date, timestamp::minus_infinity()), big32(0x80000000u));
  EXPECT_EQ(field_bytes(kind::date, oid::date, date::infinity()), big32(0x7fffffffu));
  EXPECT_EQ(field_bytes(kind::date, oid::timestamp, date::minus_infinity()), big64(0x8000000000000000u));
}

TEST(value_binder, time_outside_the_calendar_or_its_type_is_refused) {
  EXPECT_EQ(refused_field(kind::timestamp, oid::timestamptz, timestamp{INT64_MAX - 1}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::timestamp, oid::date, timestamp{INT64_MIN + 1}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::date, oid::date, date{INT32_MAX - 1}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::date, oid::timestamp, date{INT32_MIN + 1}), errc::value_out_of_range);
  EXPECT_EQ(refused_field(kind::timestamp, oid::date, timestamp{1}), errc::invalid_value);
}

TEST(value_binder, types_that_users_made_take_every_kind_as_text) {
  const auto literal = [](kind k, const auto& value) { return field_bytes(k, static_cast<oid>(user_type), value); };
  EXPECT_EQ(literal(kind::boolean, true), "t");
  EXPECT_EQ(literal(kind::i32, std::int32_t{-5}), "-5");
  EXPECT_EQ(literal(kind::u64, std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(literal(kind::f32, 0.1f), "0.1");
  EXPECT_EQ(literal(kind::f64, -HUGE_VAL), "-Infinity");
  EXPECT_EQ(literal(kind::f64, std::nan("")), "NaN");
  EXPECT_EQ(literal(kind::decimal, decimal::parse("1.10")), "1.10");
  EXPECT_EQ(literal(kind::bytes, to_bytes(std::string_view("\x0f\xa0", 2))), "\\x0fa0");
  EXPECT_EQ(literal(kind::timestamp, timestamp{0}), "1970-01-01 00:00:00.000000+00");
  EXPECT_EQ(literal(kind::timestamp, timestamp::minus_infinity()), "-infinity");
  EXPECT_EQ(literal(kind::date, date::infinity()), "infinity");
  EXPECT_EQ(literal(kind::date, date{0}), "1970-01-01");
  EXPECT_EQ(literal(kind::uuid, uuid{}), "00000000-0000-0000-0000-000000000000");
}

TEST(value_binder, empty_optional_and_null_are_sent_as_null) {
  const std::optional<std::int32_t> empty;
  const void* object = &empty;
  const type_ops optional = optional_ops_of<std::int32_t>(kind::i32);
  EXPECT_EQ(sent(plan_of({field_step(optional)}), {number(oid::int4)}, nullptr, &object).values.at(0), std::nullopt);
  EXPECT_EQ(sent(plan_of({value_step(kind::null)}), {number(oid::int4)}, nullptr).values.at(0), std::nullopt);
}

TEST(value_binder, patterns_are_escaped_and_wrapped) {
  const auto pattern = [](like_wrap wrap) {
    inline_word_buffer<16> values;
    values.push_text("50%_\\");
    bind_step step = value_step(kind::text);
    step.wrap = wrap;
    return sent(plan_of({step}), {number(oid::text)}, values.data()).values.at(0).value();
  };
  EXPECT_EQ(pattern(like_wrap::contains), "%50\\%\\_\\\\%");
  EXPECT_EQ(pattern(like_wrap::starts_with), "50\\%\\_\\\\%");
  EXPECT_EQ(pattern(like_wrap::ends_with), "%50\\%\\_\\\\");
}

TEST(value_binder, list_fills_its_placeholders_with_its_last_value) {
  inline_word_buffer<16> values;
  for (const std::uint64_t word : {2u, 10u, 20u, 99u}) values.push(word);
  bind_step list = value_step(kind::i32);
  list.source = bind_source::list;
  list.places = 4;
  const auto parameters = sent(
      plan_of({list, value_step(kind::i32, 5)}),
      {number(oid::int4), number(oid::int4), number(oid::int4), number(oid::int4), number(oid::int4)}, values.data());
  ASSERT_EQ(parameters.values.size(), 5u);
  EXPECT_EQ(parameters.values[1], big32(20));
  EXPECT_EQ(parameters.values[3], big32(20));
  EXPECT_EQ(parameters.values[4], big32(99));
}

// ---- lists as one parameter

bind_step array_step(kind k) {
  bind_step step = value_step(k);
  step.source = bind_source::whole_list;
  return step;
}

TEST(value_binder, list_is_one_array_of_the_type_that_the_server_expects) {
  inline_word_buffer<16> values;
  for (const std::uint64_t word : {2u, 10u, 20u}) values.push(word);
  const auto parameters = sent(plan_of({array_step(kind::i64)}), {number(oid::int4_array)}, values.data());
  EXPECT_EQ(parameters.values.at(0), big32(1) + big32(0) + big32(number(oid::int4)) + big32(2) + big32(1) + big32(4) +
                                         big32(10) + big32(4) + big32(20));
  EXPECT_TRUE(parameters.binary.at(0));
}

TEST(value_binder, empty_list_is_an_array_without_dimensions) {
  const std::uint64_t count = 0;
  const auto parameters = sent(plan_of({array_step(kind::text)}), {number(oid::text_array)}, &count);
  EXPECT_EQ(parameters.values.at(0), big32(0) + big32(0) + big32(number(oid::text)));
}

TEST(value_binder, list_of_a_type_that_users_made_is_an_array_in_text) {
  inline_word_buffer<32> values;
  values.push(3);
  values.push_text("plain");
  values.push_text("with \"quotes\" and \\");
  values.push_text("");
  const auto parameters = sent(plan_of({array_step(kind::enumeration)}), {user_type}, values.data());
  EXPECT_EQ(parameters.values.at(0), R"({"plain","with \"quotes\" and \\",""})");
  EXPECT_FALSE(parameters.binary.at(0));
}

TEST(value_binder, list_of_text_for_a_type_without_a_binary_form_is_an_array_in_text) {
  inline_word_buffer<32> values;
  values.push(1);
  values.push_text("10.0.0.1");
  const auto parameters = sent(plan_of({array_step(kind::text)}), {number(oid::inet_array)}, values.data());
  EXPECT_EQ(parameters.values.at(0), R"({"10.0.0.1"})");
}

TEST(value_binder, list_element_beyond_its_type_is_refused) {
  inline_word_buffer<16> values;
  values.push(1);
  values.push(1ull << 40);
  const auto e = failure_of<value_error>(
      [&] { sent(plan_of({array_step(kind::i64)}), {number(oid::int4_array)}, values.data()); });
  EXPECT_TRUE(says(e, "int4;")) << e.what();
}

// ---- rows

struct item {
  std::int32_t count = 0;
  std::string name;
};

struct rows_of_items : ::testing::Test {
  rows_of_items() {
    plan.binds = {field_step(integer, offsetof(item, count), 1), field_step(text, offsetof(item, name), 2)};
    plan.binds[1].slot.column = "name";
    plan.rows_per_statement = 2;
  }
  type_ops integer = ops_of<std::int32_t>(kind::i32);
  type_ops text = ops_of<std::string>(kind::text);
  statement_plan plan;
  item items[2] = {{1, "one"}, {2, "two"}};
  const void* objects[2] = {&items[0], &items[1]};
};

TEST_F(rows_of_items, are_written_one_behind_the_other) {
  const auto parameters =
      sent(plan, {number(oid::int4), number(oid::text), number(oid::int4), number(oid::text)}, nullptr, objects);
  const std::vector<std::optional<std::string>> expected = {big32(1), "one", big32(2), "two"};
  EXPECT_EQ(parameters.values, expected);
}

TEST_F(rows_of_items, may_have_other_types_in_each_row) {
  const auto parameters =
      sent(plan, {number(oid::int4), number(oid::text), number(oid::int8), number(oid::text)}, nullptr, objects);
  const std::vector<std::optional<std::string>> expected = {big32(1), "one", big64(2), "two"};
  EXPECT_EQ(parameters.values, expected);
}

TEST_F(rows_of_items, leave_nothing_behind_when_one_is_refused) {
  send_buffer out;
  out.begin('B');
  out.put_text("portal");
  const std::string before = all_of(out);
  const std::uint32_t types[] = {number(oid::int4), number(oid::text), number(oid::int4), number(oid::text)};
  items[1].name = "\xff";
  const auto e =
      failure_of<value_error>([&] { write_parameters(out, plan_parameters(plan, types), plan, nullptr, objects); });
  EXPECT_TRUE(says(e, "\"name\"")) << e.what();
  EXPECT_EQ(all_of(out), before);
}

// ---- refused when planned

TEST(parameter_plan, kind_that_cannot_be_sent_as_the_type_is_refused) {
  const auto refused = [](kind k, oid type) {
    const statement_plan plan = plan_of({value_step(k)});
    const std::uint32_t types[] = {number(type)};
    return failure_of<query_error>([&] { plan_parameters(plan, types); });
  };
  const query_error e = refused(kind::i32, oid::text);
  EXPECT_EQ(e.code(), errc::type_mismatch);
  EXPECT_TRUE(says(e, "parameter $1")) << e.what();
  EXPECT_TRUE(says(e, "takes text there, which no int32")) << e.what();
  refused(kind::text, oid::bytea);
  refused(kind::bytes, oid::text);
  refused(kind::json, oid::int4);
  refused(kind::timestamp, oid::time);
  refused(kind::uuid, oid::int4);
  refused(kind::enumeration, oid::int4);
  refused(kind::boolean, oid::timestamptz);
  refused(kind::i32, oid::int4_array);
  refused(kind::relation, oid::int4);
}

TEST(parameter_plan, list_for_what_is_no_array_is_refused) {
  const statement_plan plan = plan_of({array_step(kind::i32)});
  const std::uint32_t types[] = {number(oid::int4)};
  EXPECT_TRUE(says(failure_of<query_error>([&] { plan_parameters(plan, types); }), "= ANY($n)"));
}

TEST(parameter_plan, pattern_for_what_is_no_text_is_refused) {
  bind_step step = value_step(kind::text);
  step.wrap = like_wrap::contains;
  const statement_plan plan = plan_of({step});
  const std::uint32_t types[] = {number(oid::jsonb)};
  EXPECT_THROW(plan_parameters(plan, types), query_error);
}

TEST(parameter_plan, another_number_of_parameters_is_refused) {
  const statement_plan plan = plan_of({value_step(kind::i32), value_step(kind::i32, 2)});
  const std::uint32_t types[] = {number(oid::int4)};
  const auto e = failure_of<query_error>([&] { plan_parameters(plan, types); });
  EXPECT_TRUE(says(e, "1 placeholders, but 2 values")) << e.what();
}

TEST(parameter_plan, more_parameters_than_the_protocol_counts_are_refused) {
  const type_ops ops = ops_of<std::int32_t>(kind::i32);
  statement_plan plan = plan_of({field_step(ops), field_step(ops, 0, 2)});
  plan.rows_per_statement = 32'768;
  const std::vector<std::uint32_t> types(65'536, number(oid::int4));
  EXPECT_TRUE(says(failure_of<query_error>([&] { plan_parameters(plan, types); }), "65535"));
}

TEST(parameter_plan, placeholders_out_of_order_are_refused) {
  const statement_plan plan = plan_of({value_step(kind::i32, 2), value_step(kind::i32, 1)});
  const std::uint32_t types[] = {number(oid::int4), number(oid::int4)};
  EXPECT_TRUE(says(failure_of<query_error>([&] { plan_parameters(plan, types); }), "$2 where $1 is next"));
}

TEST(parameter_plan, formats_are_one_code_where_all_are_alike) {
  const auto prefix = [](std::initializer_list<std::uint32_t> types) {
    statement_plan plan;
    for (std::uint32_t i = 1; i <= types.size(); ++i) plan.binds.push_back(value_step(kind::text, i));
    return plan_parameters(plan, std::vector<std::uint32_t>(types)).prefix;
  };
  EXPECT_EQ(prefix({}), big16(0) + big16(0));
  EXPECT_EQ(prefix({number(oid::text), number(oid::text)}), big16(1) + big16(1) + big16(2));
  EXPECT_EQ(prefix({number(oid::inet), number(oid::inet)}), big16(0) + big16(2));
  EXPECT_EQ(prefix({number(oid::inet), number(oid::text)}), big16(2) + big16(0) + big16(1) + big16(2));
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
