// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <initializer_list>
#include <limits>

namespace tupelo::driver::testing {
namespace {

constexpr enumerator level_names[] = {{-1, "low"}, {0, "normal"}, {7, "high"}};
const enum_table& level_table() {
  static const enum_table table{"Level", level_names, 3};
  return table;
}
type_ops level_ops() {
  type_ops ops = ops_of<std::int16_t>(kind::enumeration);
  ops.enumerators = &level_table;
  return ops;
}

bind_step step_of(kind k, std::uint32_t first = 1) {
  bind_step step;
  step.k = k;
  step.first = first;
  step.slot.k = k;
  step.slot.column = "price";
  return step;
}

struct value_binder : ::testing::Test {
  test_database db;
  inline_word_buffer<16> values;

  /// What SQLite makes of the value, as `typeof: quoted`.
  std::string seen(const bind_step& step) {
    const type_ops text = ops_of<std::string>(kind::text);
    statement_plan plan;
    plan.text = "SELECT typeof(?1) || ': ' || quote(?1)";
    plan.binds = {step};
    plan.reads = {slot_of(text, 0, "answer")};
    std::string answer = db.rows<cell<std::string>>(plan, values.data()).at(0).value;
    values.drop();
    return answer;
  }
  std::string seen_word(kind k, std::uint64_t word) {
    values.push(word);
    return seen(step_of(k));
  }
  std::string seen_text(kind k, std::string_view text, kind typed_as = {}) {
    values.push_text(text);
    bind_step step = step_of(k);
    step.typed_as = typed_as;
    return seen(step);
  }
  template <class T>
  std::string seen_field(const type_ops& ops, const T& field) {
    const type_ops text = ops_of<std::string>(kind::text);
    statement_plan plan;
    plan.text = "SELECT typeof(?1) || ': ' || quote(?1)";
    bind_step step = step_of(ops.k);
    step.source = bind_source::field;
    step.slot = slot_of(ops, 0, "price");
    plan.binds = {step};
    plan.reads = {slot_of(text, 0, "answer")};
    std::vector<cell<std::string>> out;
    const void* object = &field;
    request r;
    r.plan = &plan;
    r.objects = &object;
    r.rows = sink_of(out);
    db.get().run(r);
    raise(r);
    return out.at(0).value;
  }
  template <class T>
  std::string seen_field(kind k, const T& field) {
    return seen_field(ops_of<T>(k), field);
  }
  template <class Work>
  value_error refusal(Work&& work) {
    value_error e = failure_of<value_error>(work);
    EXPECT_NE(std::string(e.what()).find("\"price\""), std::string::npos) << e.what();
    values.drop();
    return e;
  }
};

TEST_F(value_binder, whole_numbers_are_integers) {
  EXPECT_EQ(seen_word(kind::boolean, 1), "integer: 1");
  EXPECT_EQ(seen_word(kind::i8, static_cast<std::uint64_t>(-5)), "integer: -5");
  EXPECT_EQ(seen_word(kind::i64, static_cast<std::uint64_t>(INT64_MIN)), "integer: -9223372036854775808");
  EXPECT_EQ(seen_word(kind::u32, 4294967295u), "integer: 4294967295");
  EXPECT_EQ(seen_word(kind::u64, INT64_MAX), "integer: 9223372036854775807");
  EXPECT_EQ(seen_field(kind::boolean, true), "integer: 1");
  EXPECT_EQ(seen_field(kind::i8, std::int8_t{-5}), "integer: -5");
  EXPECT_EQ(seen_field(kind::i16, std::int16_t{-500}), "integer: -500");
  EXPECT_EQ(seen_field(kind::i32, std::int32_t{-5}), "integer: -5");
  EXPECT_EQ(seen_field(kind::i64, std::int64_t{INT64_MIN}), "integer: -9223372036854775808");
  EXPECT_EQ(seen_field(kind::u8, std::uint8_t{200}), "integer: 200");
  EXPECT_EQ(seen_field(kind::u16, std::uint16_t{60000}), "integer: 60000");
  EXPECT_EQ(seen_field(kind::u32, std::uint32_t{4294967295u}), "integer: 4294967295");
}

TEST_F(value_binder, unsigned_number_beyond_int64_is_refused) {
  EXPECT_EQ(refusal([&] { seen_word(kind::u64, UINT64_MAX); }).code(), errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_field(kind::u64, std::uint64_t{1} << 63); }).code(), errc::value_out_of_range);
}

TEST_F(value_binder, real_numbers_keep_infinity_and_refuse_nan) {
  EXPECT_EQ(seen_word(kind::f64, std::bit_cast<std::uint64_t>(1.5)), "real: 1.5");
  EXPECT_EQ(seen_field(kind::f32, 0.5f), "real: 0.5");
  EXPECT_EQ(seen_field(kind::f64, std::numeric_limits<double>::infinity()), "real: Inf");
  EXPECT_EQ(refusal([&] { seen_field(kind::f64, std::numeric_limits<double>::quiet_NaN()); }).code(),
            errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_field(kind::f32, std::numeric_limits<float>::quiet_NaN()); }).code(),
            errc::value_out_of_range);
}

TEST_F(value_binder, text_is_bound_whole_and_empty_text_is_not_null) {
  EXPECT_EQ(seen_text(kind::text, "smörgås"), "text: 'smörgås'");
  EXPECT_EQ(seen_text(kind::text, ""), "text: ''");
  EXPECT_EQ(seen_field(kind::text, std::string("a'b")), "text: 'a''b'");
  EXPECT_EQ(seen_field(kind::text, std::string()), "text: ''");
}

TEST_F(value_binder, text_that_is_not_utf8_or_has_a_nul_is_refused) {
  EXPECT_EQ(refusal([&] { seen_field(kind::text, std::string("a\xff")); }).code(), errc::invalid_text);
  EXPECT_EQ(refusal([&] { seen_field(kind::text, std::string("a\0b", 3)); }).code(), errc::invalid_text);
  EXPECT_EQ(refusal([&] { seen_text(kind::text, "\xc3"); }).code(), errc::invalid_text);
}

TEST_F(value_binder, bytes_are_blobs_and_empty_bytes_are_not_null) {
  EXPECT_EQ(seen_text(kind::bytes, std::string_view("\0\xff", 2)), "blob: X'00FF'");
  EXPECT_EQ(seen_field(kind::bytes, bytes{std::byte{1}}), "blob: X'01'");
  EXPECT_EQ(seen_field(kind::bytes, bytes{}), "blob: X''");
  EXPECT_EQ(seen_text(kind::bytes, ""), "blob: X''");
}

TEST_F(value_binder, times_are_text_that_sorts) {
  const timestamp time = timestamp::parse("2026-11-21 09:30:00.25");
  EXPECT_EQ(seen_word(kind::timestamp, static_cast<std::uint64_t>(time.us)), "text: '2026-11-21 09:30:00.250000'");
  EXPECT_EQ(seen_field(kind::timestamp, time), "text: '2026-11-21 09:30:00.250000'");
  EXPECT_EQ(seen_field(kind::date, date::parse("2026-11-21")), "text: '2026-11-21'");
  EXPECT_EQ(seen_word(kind::date, static_cast<std::uint64_t>(std::int64_t{-1})), "text: '1969-12-31'");
}

TEST_F(value_binder, chrono_time_points_are_converted_from_their_ticks) {
  type_ops ops = ops_of<std::int64_t>(kind::timestamp);
  ops.chrono = true;
  ops.ticks_den = 1000;  // nanoseconds
  EXPECT_EQ(seen_field(ops, std::int64_t{-1}), "text: '1969-12-31 23:59:59.999999'");
  type_ops days = ops_of<std::int32_t>(kind::date);
  days.chrono = true;
  days.ticks_num = 86'400'000'000;
  EXPECT_EQ(seen_field(days, std::int32_t{1}), "text: '1970-01-02'");
}

TEST_F(value_binder, infinite_time_is_a_word) {
  EXPECT_EQ(seen_field(kind::timestamp, timestamp::infinity()), "text: 'infinity'");
  EXPECT_EQ(seen_word(kind::timestamp, static_cast<std::uint64_t>(INT64_MIN)), "text: '-infinity'");
  EXPECT_EQ(seen_field(kind::date, date::minus_infinity()), "text: '-infinity'");
}

TEST_F(value_binder, time_outside_the_years_of_the_calendar_is_refused) {
  EXPECT_EQ(refusal([&] { seen_field(kind::timestamp, timestamp{INT64_MAX - 1}); }).code(), errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_field(kind::date, date{INT32_MIN + 1}); }).code(), errc::value_out_of_range);
}

TEST_F(value_binder, uuids_are_36_characters) {
  const uuid id = uuid::parse("0190a5b2-7c00-7a3f-8000-00000000abcd");
  const std::string expected = "text: '0190a5b2-7c00-7a3f-8000-00000000abcd'";
  EXPECT_EQ(seen_field(kind::uuid, id), expected);
  EXPECT_EQ(seen_text(kind::uuid, {reinterpret_cast<const char*>(id.bytes), 16}), expected);
  EXPECT_EQ(seen_text(kind::uuid, "0190A5B2-7C00-7A3F-8000-00000000ABCD"), expected);
  EXPECT_EQ(refusal([&] { seen_text(kind::uuid, "short"); }).code(), errc::invalid_value);
}

TEST_F(value_binder, decimals_are_numbers_so_that_they_compare_as_such) {
  EXPECT_EQ(seen_text(kind::decimal, "19.99"), "real: 19.99");
  EXPECT_EQ(seen_field(kind::decimal, decimal::parse("-0.50")), "real: -0.5");
  EXPECT_EQ(seen_field(kind::decimal, decimal::parse("123456789012.345")), "real: 123456789012.345");
}

TEST_F(value_binder, decimals_of_a_document_are_texts_with_all_digits) {
  EXPECT_EQ(seen_text(kind::decimal, "12345678901234567.10", kind::json), "text: '12345678901234567.10'");
  EXPECT_EQ(refusal([&] { seen_text(kind::decimal, "NaN", kind::json); }).code(), errc::value_out_of_range);
}
TEST_F(value_binder, decimal_of_a_numeric_column_comes_back_equal) {
  db.script("CREATE TABLE t (price NUMERIC)");
  const type_ops ops = ops_of<decimal>(kind::decimal);
  statement_plan insert;
  insert.text = "INSERT INTO t VALUES (?)";
  bind_step step = step_of(kind::decimal);
  step.source = bind_source::field;
  step.slot = slot_of(ops, 0, "price");
  insert.binds = {step};
  for (const char* text : {"0", "1.10", "-0.01", "999999999999999", "0.000000000000001", "123456789.12345"}) {
    const decimal price = decimal::parse(text);
    db.script("DELETE FROM t");
    db.run(insert, &price);
    EXPECT_EQ(db.value<decimal>("SELECT price FROM t", ops), price) << text;
  }
}

TEST_F(value_binder, decimal_that_a_double_cannot_hold_is_refused) {
  EXPECT_EQ(refusal([&] { seen_field(kind::decimal, decimal::parse("1234567890.123456")); }).code(),
            errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_field(kind::decimal, decimal::nan()); }).code(), errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_field(kind::decimal, decimal::infinity()); }).code(), errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_field(kind::decimal, decimal::from_unscaled(1, 400)); }).code(),
            errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { seen_text(kind::decimal, "ten"); }).code(), errc::invalid_value);
}

TEST_F(value_binder, json_is_its_text) {
  EXPECT_EQ(seen_field(kind::json, json::parse("{\"a\":1}")), "text: '{\"a\":1}'");
}

TEST_F(value_binder, enumerations_are_their_names) {
  const type_ops ops = level_ops();
  EXPECT_EQ(seen_text(kind::enumeration, "low"), "text: 'low'");
  EXPECT_EQ(seen_field(ops, std::int16_t{7}), "text: 'high'");
}

TEST_F(value_binder, value_that_is_no_enumerator_is_refused) {
  const type_ops ops = level_ops();
  EXPECT_EQ(refusal([&] { seen_field(ops, std::int16_t{3}); }).code(), errc::invalid_enum);
}

TEST_F(value_binder, custom_types_are_text) {
  type_ops ops = ops_of<int>(kind::custom);
  ops.to_text = [](const void* p, std::string& text) {
    text.assign(static_cast<std::size_t>(*static_cast<const int*>(p)), 'x');
  };
  EXPECT_EQ(seen_field(ops, 3), "text: 'xxx'");
  EXPECT_EQ(seen_text(kind::custom, "abc"), "text: 'abc'");
}

TEST_F(value_binder, empty_optional_is_null) {
  EXPECT_EQ(seen_field(optional_ops_of<std::string>(kind::text), std::optional<std::string>()), "null: NULL");
  EXPECT_EQ(seen_field(optional_ops_of<std::string>(kind::text), std::optional<std::string>("a")), "text: 'a'");
  EXPECT_EQ(seen(step_of(kind::null)), "null: NULL");
}

TEST_F(value_binder, texts_beyond_the_inline_scratch_are_bound_too) {
  const std::string long_text(5000, '%');
  bind_step step = step_of(kind::text);
  step.wrap = like_wrap::contains;
  values.push_text(long_text);
  statement_plan plan;
  const type_ops ops = ops_of<std::int64_t>(kind::i64);
  plan.text = "SELECT length(?1)";
  plan.binds = {step};
  plan.reads = {slot_of(ops, 0, "n")};
  EXPECT_EQ(db.rows<std::int64_t>(plan, values.data()).at(0), 10'002);
}

TEST_F(value_binder, patterns_are_wrapped_and_their_signs_escaped) {
  bind_step step = step_of(kind::text);
  for (const auto& [wrap, expected] : {std::pair{like_wrap::contains, "text: '%50\\%\\_\\\\%'"},
                                       std::pair{like_wrap::starts_with, "text: '50\\%\\_\\\\%'"},
                                       std::pair{like_wrap::ends_with, "text: '%50\\%\\_\\\\'"}}) {
    step.wrap = wrap;
    values.push_text("50%_\\");
    EXPECT_EQ(seen(step), expected);
  }
}

TEST_F(value_binder, list_is_padded_with_its_last_value) {
  const type_ops ops = ops_of<std::string>(kind::text);
  bind_step list = step_of(kind::text);
  list.source = bind_source::list;
  list.places = 4;
  statement_plan plan;
  plan.text = "SELECT ?1 || ?2 || ?3 || ?4 || ?5";
  plan.binds = {list, step_of(kind::text, 5)};
  plan.reads = {slot_of(ops, 0, "answer")};
  values.push(2);
  values.push_text("a");
  values.push_text("b");
  values.push_text("z");
  EXPECT_EQ(db.rows<cell<std::string>>(plan, values.data()).at(0).value, "abbbz");
}

TEST_F(value_binder, list_that_does_not_fit_its_placeholders_is_refused) {
  bind_step list = step_of(kind::i64);
  list.source = bind_source::list;
  list.places = 1;
  values.push(2);
  values.push(1);
  values.push(2);
  EXPECT_THROW(seen(list), query_error);
}

TEST_F(value_binder, long_list_is_one_json_parameter) {
  bind_step list = step_of(kind::text);
  list.source = bind_source::whole_list;
  values.push(3);
  values.push_text("a\"b\\");
  values.push_text("new\nline");
  values.push_text("smörgås");
  const type_ops ops = ops_of<std::string>(kind::text);
  statement_plan plan;
  plan.text = "SELECT group_concat(value, '|') FROM json_each(?1)";
  plan.binds = {list};
  plan.reads = {slot_of(ops, 0, "answer")};
  EXPECT_EQ(db.rows<cell<std::string>>(plan, values.data()).at(0).value, "a\"b\\|new\nline|smörgås");
}

TEST_F(value_binder, long_list_keeps_the_types_that_single_values_have) {
  const auto list_of = [&](kind k) {
    bind_step list = step_of(k);
    list.source = bind_source::whole_list;
    return list;
  };
  const uuid id = uuid::parse("0190a5b2-7c00-7a3f-8000-00000000abcd");
  values.push(1), values.push(static_cast<std::uint64_t>(std::int64_t{-3}));
  EXPECT_EQ(seen(list_of(kind::i32)), "text: '[-3]'");
  values.push(1), values.push(INT64_MAX);
  EXPECT_EQ(seen(list_of(kind::u64)), "text: '[9223372036854775807]'");
  values.push(2), values.push(std::bit_cast<std::uint64_t>(0.1)), values.push(std::bit_cast<std::uint64_t>(3.0));
  EXPECT_EQ(seen(list_of(kind::f64)), "text: '[0.1,3.0]'");
  values.push(1), values.push(0);
  EXPECT_EQ(seen(list_of(kind::timestamp)), "text: '[\"1970-01-01 00:00:00.000000\"]'");
  values.push(1), values.push(0);
  EXPECT_EQ(seen(list_of(kind::date)), "text: '[\"1970-01-01\"]'");
  values.push(1), values.push_bytes(id.bytes, 16);
  EXPECT_EQ(seen(list_of(kind::uuid)), "text: '[\"0190a5b2-7c00-7a3f-8000-00000000abcd\"]'");
  values.push(1), values.push_text("19.99");
  EXPECT_EQ(seen(list_of(kind::decimal)), "text: '[19.99]'");
  values.push(1), values.push_text("high");
  EXPECT_EQ(seen(list_of(kind::enumeration)), "text: '[\"high\"]'");
  values.push(2), values.push_text("x"), values.push_text("");
  EXPECT_EQ(seen(list_of(kind::bytes)), "text: '[\"78\",\"\"]'");
}

TEST_F(value_binder, one_statement_writes_many_objects) {
  struct point {
    std::int32_t x;
    std::int32_t y;
  };
  db.script("CREATE TABLE points (x INTEGER, y INTEGER)");
  const type_ops ops = ops_of<std::int32_t>(kind::i32);
  statement_plan plan;
  plan.text = "INSERT INTO points VALUES (?, ?), (?, ?), (?, ?)";
  plan.rows_per_statement = 3;
  for (std::uint32_t i = 0; i < 2; ++i) {
    bind_step step = step_of(kind::i32, i + 1);
    step.source = bind_source::field;
    step.slot = slot_of(ops, i == 0 ? offsetof(point, x) : offsetof(point, y), i == 0 ? "x" : "y");
    plan.binds.push_back(step);
  }
  const point points[] = {{1, 2}, {3, 4}, {5, 6}};
  const void* objects[] = {&points[0], &points[1], &points[2]};
  request r;
  r.plan = &plan;
  r.objects = objects;
  db.get().run(r);
  raise(r);
  EXPECT_EQ(r.affected, 3);
  EXPECT_EQ(r.last_insert_id, 3);
  EXPECT_EQ(db.text("SELECT group_concat(x || ',' || y, ' ') FROM points"), "1,2 3,4 5,6");
}

TEST_F(value_binder, embedded_kinds_are_refused_as_parameters) {
  EXPECT_THROW(seen(step_of(kind::embedded)), query_error);
}

}  // namespace
}  // namespace tupelo::driver::testing
