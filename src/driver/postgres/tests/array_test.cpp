// SPDX-License-Identifier: Apache-2.0
#include "codec_fixtures.hpp"

#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tupelo::driver::postgres {
namespace {

using namespace testing;

// ---- described as the model room does

template <class T>
array_ops vector_ops(const type_ops& element) {
  using vector = std::vector<T>;
  array_ops ops{};
  ops.element = &element;
  ops.size = [](const void* p) { return static_cast<const vector*>(p)->size(); };
  ops.clear = [](void* p, std::size_t expected) {
    static_cast<vector*>(p)->clear();
    static_cast<vector*>(p)->reserve(expected);
  };
  ops.add = [](void* p, const void* context, void (*fill)(const void*, void*)) {
    fill(context, &static_cast<vector*>(p)->emplace_back());
  };
  ops.at = [](const void* p, std::size_t i) -> const void* { return &(*static_cast<const vector*>(p))[i]; };
  return ops;
}

/// A vector whose elements have these operations.
template <class T>
struct vector_type {
  explicit vector_type(type_ops element_ops)
      : element(element_ops), array(vector_ops<T>(element)), ops(ops_of<std::vector<T>>(kind::array)) {
    ops.array = &array;
  }
  vector_type(const vector_type&) = delete;
  vector_type& operator=(const vector_type&) = delete;
  type_ops element;
  array_ops array;
  type_ops ops;
};

/// An even number, stored as its half.
struct even {
  std::int32_t value = 0;
};
const type_ops half_ops = ops_of<std::int32_t>(kind::i32);
type_ops even_ops() {
  type_ops ops = ops_of<even>(kind::mapped);
  ops.stored = &half_ops;
  ops.type_name = [] { return std::string_view("even"); };
  ops.store = [](const void* value, const void* context, void (*use)(const void*, const void*)) {
    const std::int32_t half = static_cast<const even*>(value)->value / 2;
    use(context, &half);
  };
  ops.load = [](void* value, const void* context, void (*fill)(const void*, void*)) {
    std::int32_t half = 0;
    fill(context, &half);
    if (half == 13) throw std::runtime_error("13 is secret");
    static_cast<even*>(value)->value = half * 2;
  };
  return ops;
}

std::string element(std::string_view bytes) {
  return big32(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}
std::string null_element() { return big32(0xffffffffu); }
std::string array(oid type, std::initializer_list<std::string> elements, std::uint32_t dimensions = 1) {
  std::string out = big32(dimensions) + big32(1) + big32(number(type));
  for (std::uint32_t i = 0; i < dimensions; ++i) out += big32(static_cast<std::uint32_t>(elements.size())) + big32(1);
  for (const std::string& e : elements) out += e;
  return out;
}

template <class T>
T decoded(const type_ops& ops, oid type, const std::string& value) {
  statement_plan plan;
  plan.reads = {slot_of(ops)};
  const result_column column{"price", number(type)};
  const row_layout layout = plan_row(plan, {&column, 1});
  const std::string body = data_row({value});
  T field{};
  decode_row(layout, body.data(), static_cast<std::uint32_t>(body.size()), &field);
  return field;
}

std::vector<std::int32_t> integers(const std::string& value) {
  static const vector_type<std::int32_t> type(ops_of<std::int32_t>(kind::i32));
  return decoded<std::vector<std::int32_t>>(type.ops, oid::int4_array, value);
}

TEST(postgres_arrays, are_read_from_the_binary_form) {
  EXPECT_EQ(integers(array(oid::int4, {element(big32(7)), element(big32(0xffffffffu))})),
            (std::vector<std::int32_t>{7, -1}));
  EXPECT_TRUE(integers(big32(0) + big32(0) + big32(number(oid::int4))).empty());
}

TEST(postgres_arrays, hold_null_in_optional_elements_only) {
  const vector_type<std::optional<std::int32_t>> type(optional_ops_of<std::int32_t>(kind::i32));
  const std::string value = array(oid::int4, {element(big32(7)), null_element()});
  EXPECT_EQ((decoded<std::vector<std::optional<std::int32_t>>>(type.ops, oid::int4_array, value)),
            (std::vector<std::optional<std::int32_t>>{7, std::nullopt}));
  EXPECT_EQ(failure_of<decode_error>([&] { integers(value); }).code(), errc::null_value);
}

TEST(postgres_arrays, of_more_dimensions_are_refused) {
  const auto e = failure_of<decode_error>([] { integers(array(oid::int4, {element(big32(7))}, 2)); });
  EXPECT_EQ(e.code(), errc::type_mismatch);
  EXPECT_EQ(e.column(), "price");
}

/// Integers out of a query's values.
struct array_of_a_query {
  inline_word_buffer<32> words;
  statement_plan plan;

  array_of_a_query(const type_ops& ops, const void* value) {
    push_value(slot_of(ops), value, words);
    bind_step step;
    step.k = kind::array;
    step.element = kind::i64;
    step.first = 1;
    plan.binds = {step};
  }
};

/// Two rows of two elements are `{2, 2}`.
std::string array_of_rows(oid type, std::initializer_list<std::uint32_t> lengths,
                          std::initializer_list<std::string> elements, std::uint32_t nulls = 0) {
  std::string out = big32(static_cast<std::uint32_t>(lengths.size())) + big32(nulls) + big32(number(type));
  for (const std::uint32_t length : lengths) out += big32(length) + big32(1);
  for (const std::string& e : elements) out += e;
  return out;
}

using row = std::vector<std::optional<std::int32_t>>;
using grid = std::vector<row>;
struct grid_type {
  vector_type<std::optional<std::int32_t>> rows{optional_ops_of<std::int32_t>(kind::i32)};
  vector_type<row> type{rows.ops};
  const type_ops& ops = type.ops;
};
grid read_grid(const std::string& value, oid type = oid::int4_array) {
  static const grid_type of;
  return decoded<grid>(of.ops, type, value);
}

TEST(postgres_arrays, of_two_dimensions_are_read_row_by_row) {
  const std::string two = array_of_rows(
      oid::int4, {2, 3},
      {element(big32(1)), element(big32(2)), null_element(), element(big32(4)), null_element(), element(big32(6))}, 1);
  EXPECT_EQ(read_grid(two), (grid{{1, 2, std::nullopt}, {4, std::nullopt, 6}}));
  EXPECT_TRUE(read_grid(big32(0) + big32(0) + big32(number(oid::int4))).empty());
}

TEST(postgres_arrays, of_other_dimensions_than_their_field_name_the_column) {
  for (const auto& lengths : {std::initializer_list<std::uint32_t>{1}, {1, 1, 1}}) {
    const auto e = failure_of<decode_error>([&] { read_grid(array_of_rows(oid::int4, lengths, {element(big32(7))})); });
    EXPECT_EQ(e.code(), errc::type_mismatch);
    EXPECT_EQ(e.column(), "price");
  }
}

TEST(postgres_arrays, of_two_dimensions_that_break_their_own_form_end_the_connection) {
  const std::string good = array_of_rows(oid::int4, {2, 1}, {element(big32(7)), element(big32(8))});
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(read_grid(good.substr(0, size)), connection_error) << size;
  EXPECT_THROW(read_grid(good + '\0'), connection_error);
  for (const auto& lengths :
       {std::initializer_list<std::uint32_t>{0x7fffffff, 0}, {0, 0x7fffffff}, {0x10000, 0x10000}, {0x80000001, 2}})
    EXPECT_THROW(read_grid(array_of_rows(oid::int4, lengths, {element(big32(7)), element(big32(8))})), connection_error)
        << "rows that the bytes do not bear out";
}

TEST(postgres_arrays, that_break_their_own_form_end_the_connection) {
  const std::string good = array(oid::int4, {element(big32(7)), element(big32(8))});
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(integers(good.substr(0, size)), connection_error) << size;
  EXPECT_THROW(integers(good + '\0'), connection_error);
  EXPECT_THROW(integers(array(oid::int8, {element(big32(7))})), connection_error) << "elements of another type";
  EXPECT_THROW(integers(array(oid::int4, {element("abc")})), connection_error) << "an element of another size";
  EXPECT_THROW(integers(big32(1) + big32(0) + big32(number(oid::int4)) + big32(0x7fffffff) + big32(1)),
               connection_error)
      << "a count that the bytes do not bear out";
  EXPECT_THROW(integers(big32(7) + big32(0) + big32(number(oid::int4))), connection_error) << "too many dimensions";
  EXPECT_THROW(integers(big32(0) + big32(2) + big32(number(oid::int4))), connection_error) << "unknown flags";
}

TEST(postgres_arrays, of_types_that_users_made_are_read_from_text) {
  const vector_type<std::optional<std::string>> type(optional_ops_of<std::string>(kind::text));
  const auto read = [&](const std::string& text) {
    return decoded<std::vector<std::optional<std::string>>>(type.ops, static_cast<oid>(16500), text);
  };
  using texts = std::vector<std::optional<std::string>>;
  EXPECT_EQ(read("{}"), texts{});
  EXPECT_EQ(read(R"({a,"b \"c\",",NULL,"NULL",""})"), (texts{"a", "b \"c\",", std::nullopt, "NULL", ""}));
  EXPECT_EQ(read("[3:4]={a,b}"), (texts{"a", "b"}));
  for (const char* text :
       {"", "{", "}", "a", "{a", "{\"a}", "{a,}", "{,a}", "{a,,b}", "{\"a\"b}", "[1:2]", "{a\\}", "{\"a\\\"}"})
    EXPECT_EQ(failure_of<decode_error>([&] { read(text); }).code(), errc::invalid_value) << text;
  EXPECT_EQ(failure_of<decode_error>([&] { read("{{a},{b}}"); }).code(), errc::type_mismatch);
}

TEST(postgres_arrays, of_two_dimensions_may_come_as_text) {
  const auto read = [](const std::string& text) { return read_grid(text, static_cast<oid>(16500)); };
  EXPECT_EQ(read("{}"), grid{});
  EXPECT_EQ(read("{{1,NULL},{3,4}}"), (grid{{1, std::nullopt}, {3, 4}}));
  EXPECT_EQ(read("[0:1][5:6]={{1,2},{3,4}}"), (grid{{1, 2}, {3, 4}}));
  for (const char* text : {"{", "{{1}", "{{1}}}", "{{1},}", "{{1}{2}}", "{{}}"})
    EXPECT_EQ(failure_of<decode_error>([&] { read(text); }).code(), errc::invalid_value) << text;
  for (const char* text : {"{1}", "{{{1}}}", "{{1},2}", "{NULL}"})
    EXPECT_EQ(failure_of<decode_error>([&] { read(text); }).code(), errc::type_mismatch) << text;
}

TEST(postgres_arrays, of_documents_are_read_from_the_binary_form) {
  const vector_type<json> type(ops_of<json>(kind::json));
  const auto read = [&](const std::string& bytes) {
    return decoded<std::vector<json>>(type.ops, oid::jsonb_array, array(oid::jsonb, {element(bytes)}));
  };
  EXPECT_EQ(read(std::string("\1{\"a\": 1}")), std::vector<json>{json::parse("{\"a\": 1}")});
  EXPECT_THROW(read(std::string("\2{}")), connection_error) << "another version of the format";
  EXPECT_THROW(read(""), connection_error);
}

TEST(postgres_arrays, of_text_may_be_of_any_type) {
  const vector_type<std::string> type(ops_of<std::string>(kind::text));
  EXPECT_EQ((decoded<std::vector<std::string>>(type.ops, oid::inet_array, "{1.1.1.1}")),
            std::vector<std::string>{"1.1.1.1"});
  EXPECT_THROW((decoded<std::vector<std::string>>(type.ops, oid::int4_array, "{1}")), decode_error);
}

TEST(postgres_arrays, say_what_they_are_where_the_server_has_something_else) {
  const vector_type<std::int32_t> type(ops_of<std::int32_t>(kind::i32));
  const auto e = failure_of<decode_error>([&] { decoded<std::vector<std::int32_t>>(type.ops, oid::text_array, "{}"); });
  EXPECT_TRUE(says(e, "text[]") && says(e, "array of int32")) << e.what();
  EXPECT_THROW((decoded<std::vector<std::int32_t>>(type.ops, oid::int4, big32(1))), decode_error);
}

// ---- writing

sent_parameters sent_field(const type_ops& ops, const void* value, std::uint32_t type) {
  statement_plan plan;
  bind_step step;
  step.source = bind_source::field;
  step.first = 1;
  step.slot = slot_of(ops);
  plan.binds = {step};
  return sent(plan, {type}, nullptr, &value);
}

TEST(postgres_arrays, of_fields_are_written_in_binary) {
  const vector_type<std::optional<std::int32_t>> type(optional_ops_of<std::int32_t>(kind::i32));
  const std::vector<std::optional<std::int32_t>> value{7, std::nullopt};
  const auto out = sent_field(type.ops, &value, number(oid::int8_array));
  EXPECT_TRUE(out.binary[0]);
  EXPECT_EQ(out.values[0], array(oid::int8, {element(big64(7)), null_element()}));
}

TEST(postgres_arrays, of_two_dimensions_are_written_row_by_row) {
  const grid_type type;
  const grid value{{1, 2}, {3, std::nullopt}};
  const std::string bytes =
      array_of_rows(oid::int4, {2, 2}, {element(big32(1)), element(big32(2)), element(big32(3)), null_element()}, 1);
  EXPECT_EQ(sent_field(type.ops, &value, number(oid::int4_array)).values[0], bytes);
  EXPECT_EQ(sent_field(type.ops, &value, 16500).values[0], R"({{"1","2"},{"3",NULL}})");
  const grid none;
  EXPECT_EQ(sent_field(type.ops, &none, number(oid::int4_array)).values[0],
            big32(0) + big32(0) + big32(number(oid::int4)));
  const array_of_a_query asked(type.ops, &value);
  EXPECT_EQ(sent(asked.plan, {number(oid::int4_array)}, asked.words.data()).values[0], bytes)
      << "from a query's values";
}

TEST(postgres_arrays, whose_rows_differ_in_length_are_refused_and_the_column_is_named) {
  const grid_type type;
  for (const grid& value : {grid{{1, 2}, {3}}, grid{{1}, {}}, grid{{}, {1}}, grid{{}}}) {
    for (const std::uint32_t column : {number(oid::int4_array), 16500u}) {
      const auto e = failure_of<value_error>([&] { sent_field(type.ops, &value, column); });
      EXPECT_EQ(e.code(), errc::invalid_value);
      EXPECT_TRUE(says(e, "\"price\"") && says(e, "rows")) << e.what();
      EXPECT_FALSE(says(e, "3")) << e.what();
    }
  }
}

TEST(postgres_arrays, of_types_that_users_made_are_written_as_text) {
  const vector_type<std::string> type(ops_of<std::string>(kind::text));
  const std::vector<std::string> value{"a", "b\"\\"};
  const auto out = sent_field(type.ops, &value, 16500);
  EXPECT_FALSE(out.binary[0]);
  EXPECT_EQ(out.values[0], R"({"a","b\"\\"})");
}

TEST(postgres_arrays, whose_elements_know_a_binary_form_are_copied_as_text_where_the_row_is) {
  const custom_form form{.to_binary = [](const void*, std::string& out) { out = "binary"; },
                         .from_binary = [](void*, std::string_view) { return true; },
                         .types = "inet"};
  type_ops colours = colour_ops();
  colours.form = &form;
  const vector_type<colour> type(colours);
  const std::vector<colour> value{{"a\"\t"}, {"b"}};
  statement_plan plan;
  bind_step step;
  step.source = bind_source::field;
  step.first = 1;
  step.slot = slot_of(type.ops);
  plan.binds = {step};
  const std::uint32_t column = number(oid::inet_array);
  const parameter_layout layout = plan_parameters(plan, {&column, 1});
  ASSERT_TRUE(is_binary(layout)) << "it takes another column to make the row text";
  const void* const object = &value;
  send_buffer out;
  write_copy_rows(out, layout, plan, nullptr, &object, 1, 1);
  EXPECT_EQ(all_of(out), "{\"a\\\\\"\\t\",\"b\"}\n");
}

TEST(postgres_arrays, of_a_query_are_written_as_the_columns_type) {
  const vector_type<std::int32_t> type(ops_of<std::int32_t>(kind::i32));
  const std::vector<std::int32_t> value{1, 70'000};
  const array_of_a_query asked(type.ops, &value);
  EXPECT_EQ(sent(asked.plan, {number(oid::int4_array)}, asked.words.data()).values[0],
            array(oid::int4, {element(big32(1)), element(big32(70'000))}).replace(7, 1, 1, '\0'));
  EXPECT_EQ(failure_of<value_error>([&] { sent(asked.plan, {number(oid::int2_array)}, asked.words.data()); }).code(),
            errc::value_out_of_range);
}

TEST(postgres_arrays, of_a_kind_that_the_column_cannot_hold_are_refused_when_planned) {
  const vector_type<std::string> type(ops_of<std::string>(kind::text));
  const std::vector<std::string> value{"a"};
  for (const oid column : {oid::int4, oid::text, oid::jsonb})
    EXPECT_THROW(sent_field(type.ops, &value, number(column)), query_error);
}

// ---- types of a program's own

TEST(postgres_mapped, values_are_written_and_read_as_what_they_are_stored_as) {
  const type_ops ops = even_ops();
  const even value{14};
  EXPECT_EQ(sent_field(ops, &value, number(oid::int8)).values[0], big64(7));
  EXPECT_EQ(decoded<even>(ops, oid::int4, big32(7)).value, 14);
  EXPECT_EQ(decoded<even>(ops, oid::int2, big16(7)).value, 14);
}

TEST(postgres_mapped, values_that_the_type_refuses_name_column_and_type_but_not_the_value) {
  const auto e = failure_of<decode_error>([] { decoded<even>(even_ops(), oid::int4, big32(13)); });
  EXPECT_EQ(e.column(), "price");
  EXPECT_TRUE(says(e, "even")) << e.what();
  EXPECT_FALSE(says(e, "13")) << e.what();
}

TEST(postgres_mapped, values_stand_in_arrays) {
  const vector_type<even> type(even_ops());
  const auto read = decoded<std::vector<even>>(type.ops, oid::int4_array, array(oid::int4, {element(big32(2))}));
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].value, 4);
}

// ---- intervals and times

TEST(postgres_intervals, are_read_and_written_in_binary) {
  const type_ops ops = ops_of<interval>(kind::interval);
  const interval span{14, -3, 5};
  const std::string bytes = big64(5) + big32(static_cast<std::uint32_t>(-3)) + big32(14);
  EXPECT_EQ(sent_field(ops, &span, number(oid::interval)).values[0], bytes);
  EXPECT_EQ(decoded<interval>(ops, oid::interval, bytes), span);
  EXPECT_EQ(decoded<interval>(ops, oid::text, "1 mon"), (interval{1, 0, 0}));
}

TEST(postgres_times, are_read_and_written_in_binary) {
  const type_ops ops = ops_of<time_of_day>(kind::time_of_day);
  const time_of_day time{time_of_day::max_us};
  EXPECT_EQ(sent_field(ops, &time, number(oid::time)).values[0], big64(86'400'000'000));
  EXPECT_EQ(decoded<time_of_day>(ops, oid::time, big64(86'400'000'000)), time);
}

TEST(postgres_times, outside_the_day_are_refused_both_ways) {
  const type_ops ops = ops_of<time_of_day>(kind::time_of_day);
  for (const std::int64_t us : {std::int64_t{-1}, time_of_day::max_us + 1}) {
    const time_of_day time{us};
    EXPECT_THROW(sent_field(ops, &time, number(oid::time)), value_error);
    EXPECT_THROW(decoded<time_of_day>(ops, oid::time, big64(static_cast<std::uint64_t>(us))), decode_error);
  }
}

TEST(postgres_times, have_no_zone) {
  const type_ops ops = ops_of<time_of_day>(kind::time_of_day);
  const auto e = failure_of<decode_error>([&] { decoded<time_of_day>(ops, oid::timetz, "12:00:00+02"); });
  EXPECT_TRUE(says(e, "timetz") && says(e, "cast")) << e.what();
}

}  // namespace
}  // namespace tupelo::driver::postgres
