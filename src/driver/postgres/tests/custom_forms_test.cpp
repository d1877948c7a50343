// SPDX-License-Identifier: Apache-2.0
// Types whose binary form is more than one value, or whose field_traits know it.
#include "codec_fixtures.hpp"

#include <tupelo/core/interval.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace tupelo::driver::postgres {
namespace {

using namespace testing;

// ---- described as the model room does

struct span {
  std::optional<std::int32_t> lower{}, upper{};
  bool closed = false;
  friend bool operator==(const span&, const span&) = default;
};
const type_ops int_ops = ops_of<std::int32_t>(kind::i32);
const range_ops span_range{
    &int_ops,
    [](const void* from) {
      const span& s = *static_cast<const span*>(from);
      return range_parts{s.lower ? &*s.lower : nullptr, s.upper ? &*s.upper : nullptr, s.lower.has_value(), s.closed,
                         false};
    },
    [](void* to, const range_parts& shape, const void* context, void (*fill)(const void*, bool, void*)) {
      span& s = *static_cast<span*>(to);
      s = {};
      if (shape.lower != nullptr) fill(context, false, &s.lower.emplace());
      if (shape.upper != nullptr) fill(context, true, &s.upper.emplace());
      s.closed = shape.upper_inclusive;
      return !s.lower || !s.upper || *s.lower <= *s.upper;
    }};
const custom_form span_form{.range = &span_range};
template <class T>
type_ops text_ops() {
  type_ops ops = ops_of<T>(kind::custom);
  ops.to_text = [](const void*, std::string& out) { out = "text"; };
  ops.from_text = [](void*, std::string_view) { return true; };
  ops.type_name = [] { return std::string_view("mine"); };
  return ops;
}
type_ops span_ops() {
  type_ops ops = text_ops<span>();
  ops.form = &span_form;
  return ops;
}

struct pair {
  std::int32_t number{};
  std::optional<std::string> name{};
  friend bool operator==(const pair&, const pair&) = default;
};
const type_ops name_ops = optional_ops_of<std::string>(kind::text);
const field_slot pair_slots[] = {{&int_ops, offsetof(pair, number), kind::i32, false, {}},
                                 {&name_ops, offsetof(pair, name), kind::text, true, {}}};
const custom_form pair_form{.composite = [] { return composite_ops{pair_slots, 2}; }};
type_ops pair_ops() {
  type_ops ops = text_ops<pair>();
  ops.form = &pair_form;
  return ops;
}

struct point {
  char bytes[2]{};
};
const custom_form point_form{
    .to_binary = [](const void* from, std::string& out) { out.append(static_cast<const point*>(from)->bytes, 2); },
    .from_binary =
        [](void* to, std::string_view bytes) {
          return bytes.size() == 2 && bytes.copy(static_cast<point*>(to)->bytes, 2) == 2;
        },
    .types = "point lseg"};
const custom_form extension_form{
    .to_binary = point_form.to_binary, .from_binary = point_form.from_binary, .types = "geometry"};
type_ops point_ops(const custom_form& form) {
  type_ops ops = text_ops<point>();
  ops.form = &form;
  return ops;
}

template <class T>
T decoded(const type_ops& ops, std::uint32_t type, const std::string& value) {
  statement_plan plan;
  plan.reads = {slot_of(ops)};
  const result_column column{"price", type};
  const row_layout layout = plan_row(plan, {&column, 1});
  const std::string body = data_row({value});
  T field{};
  decode_row(layout, body.data(), static_cast<std::uint32_t>(body.size()), &field);
  return field;
}
bool reads_binary(const type_ops& ops, std::uint32_t type) {
  statement_plan plan;
  plan.reads = {slot_of(ops)};
  const result_column column{"price", type};
  return is_binary(plan_row(plan, {&column, 1}).columns[0]);
}
sent_parameters sent_field(const type_ops& ops, const void* value, std::uint32_t type) {
  statement_plan plan;
  bind_step step;
  step.source = bind_source::field;
  step.first = 1;
  step.slot = slot_of(ops);
  plan.binds = {step};
  return sent(plan, {type}, nullptr, &value);
}

std::string part(std::string_view bytes) {
  return big32(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}

constexpr std::uint32_t user_type = 16'500;

TEST(postgres_ranges, are_flags_and_the_bounds_that_are_there) {
  const type_ops ops = span_ops();
  const std::uint32_t type = number(oid::int4range);
  const span both{1, 5}, open{std::nullopt, 5, true};
  EXPECT_EQ(sent_field(ops, &both, type).values[0], bytes_of({2}) + part(big32(1)) + part(big32(5)));
  EXPECT_EQ(sent_field(ops, &open, type).values[0], bytes_of({8 | 4}) + part(big32(5)));
  EXPECT_EQ(decoded<span>(ops, type, bytes_of({2}) + part(big32(1)) + part(big32(5))), both);
  EXPECT_EQ(decoded<span>(ops, type, bytes_of({8 | 4}) + part(big32(5))), open);
  EXPECT_EQ(decoded<span>(ops, type, bytes_of({1})), span());
}

TEST(postgres_ranges, that_break_their_own_form_end_the_connection) {
  const type_ops ops = span_ops();
  const std::string good = bytes_of({2}) + part(big32(1)) + part(big32(5));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(decoded<span>(ops, number(oid::int4range), good.substr(0, size)), connection_error) << size;
  EXPECT_THROW(decoded<span>(ops, number(oid::int4range), good + '\0'), connection_error);
  EXPECT_THROW(decoded<span>(ops, number(oid::int4range), bytes_of({2}) + big32(0xffffffffu) + part(big32(5))),
               connection_error)
      << "a bound that is NULL";
  EXPECT_THROW(decoded<span>(ops, number(oid::int4range), bytes_of({2}) + part("a") + part(big32(5))),
               connection_error);
}

TEST(postgres_ranges, whose_bounds_are_exchanged_are_refused) {
  EXPECT_EQ(failure_of<decode_error>([] {
              decoded<span>(span_ops(), number(oid::int4range), bytes_of({2}) + part(big32(5)) + part(big32(1)));
            }).column(),
            "price");
}

TEST(postgres_ranges, of_types_whose_bounds_do_not_fit_travel_as_text) {
  const type_ops ops = span_ops();
  const span some{1, 5};
  EXPECT_TRUE(reads_binary(ops, number(oid::int8range)));
  EXPECT_FALSE(reads_binary(ops, number(oid::tstzrange)));
  EXPECT_FALSE(reads_binary(ops, number(oid::text)));
  EXPECT_FALSE(reads_binary(ops, user_type));
  EXPECT_EQ(sent_field(ops, &some, number(oid::text)).values[0], "text");
  EXPECT_FALSE(sent_field(ops, &some, user_type).binary[0]);
}

std::string record(std::string_view first, std::string_view second, std::uint32_t count = 2) {
  return big32(count) + big32(number(oid::int4)) + part(first) + big32(number(oid::varchar)) + part(second);
}

TEST(postgres_composites, are_read_attribute_by_attribute) {
  const type_ops ops = pair_ops();
  EXPECT_EQ(decoded<pair>(ops, user_type, record(big32(7), "ada")), (pair{7, "ada"}));
  EXPECT_EQ(decoded<pair>(ops, number(oid::record),
                          big32(2) + big32(number(oid::int2)) + part(big16(7)) + big32(number(oid::text)) +
                              big32(0xffffffffu)),
            (pair{7, std::nullopt}));
}

TEST(postgres_composites, of_other_attributes_are_refused_and_the_attribute_is_named) {
  const type_ops ops = pair_ops();
  const auto refused = [&](const std::string& bytes) {
    return failure_of<decode_error>([&] { decoded<pair>(ops, user_type, bytes); });
  };
  EXPECT_TRUE(says(refused(big32(1) + big32(number(oid::int4)) + part(big32(7))), "1 attributes"));
  const auto e = refused(big32(2) + big32(number(oid::int4)) + part(big32(7)) + big32(number(oid::inet)) + part("x"));
  EXPECT_TRUE(says(e, "attribute 2") && says(e, "inet") && says(e, "native")) << e.what();
  EXPECT_EQ(e.column(), "price");
  EXPECT_TRUE(says(refused(big32(2) + big32(number(oid::text)) + part("7") + big32(number(oid::text)) + part("x")),
                   "attribute 1"));
  EXPECT_EQ(
      refused(big32(2) + big32(number(oid::int4)) + big32(0xffffffffu) + big32(number(oid::text)) + part("x")).code(),
      errc::null_value);
}

TEST(postgres_composites, are_told_from_other_types_that_users_made) {
  const std::string good = record(big32(7), "ada");
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(decoded<pair>(pair_ops(), user_type, good.substr(0, size)), decode_error) << size;
  EXPECT_THROW(decoded<pair>(pair_ops(), user_type, good + '\0'), decode_error);
  EXPECT_THROW(decoded<pair>(pair_ops(), user_type, "happy"), decode_error) << "an enum";
}

TEST(postgres_composites, are_written_as_text_where_nothing_is_known_of_their_type) {
  const pair some{};
  const auto out = sent_field(pair_ops(), &some, user_type);
  EXPECT_FALSE(out.binary[0]) << "the server wants the very types of the attributes in binary";
  EXPECT_EQ(out.values[0], "text");
  EXPECT_TRUE(says(failure_of<query_error>([&] { sent_field(pair_ops(), &some, number(oid::record)); }), "cast"));
}

TEST(postgres_own_bytes, are_those_of_the_types_that_the_traits_name) {
  const point some{{'a', 'b'}};
  const type_ops ours = point_ops(point_form);
  EXPECT_EQ(sent_field(ours, &some, number(oid::point)).values[0], "ab");
  EXPECT_TRUE(sent_field(ours, &some, number(oid::lseg)).binary[0]);
  EXPECT_EQ(sent_field(ours, &some, number(oid::text)).values[0], "text");
  EXPECT_FALSE(sent_field(ours, &some, user_type).binary[0]);
  EXPECT_EQ(decoded<point>(ours, number(oid::point), "cd").bytes[1], 'd');
  EXPECT_EQ(failure_of<decode_error>([&] { decoded<point>(ours, number(oid::point), "c"); }).code(),
            errc::invalid_value);
}

TEST(postgres_own_bytes, of_an_extensions_type_are_those_of_types_that_users_made) {
  const point some{{'a', 'b'}};
  const type_ops theirs = point_ops(extension_form);
  EXPECT_EQ(sent_field(theirs, &some, user_type).values[0], "ab");
  EXPECT_TRUE(reads_binary(theirs, user_type));
  EXPECT_FALSE(reads_binary(theirs, number(oid::point)));
}

TEST(postgres_intervals, that_are_infinite_need_a_server_that_has_them) {
  const type_ops ops = ops_of<interval>(kind::interval);
  statement_plan plan;
  bind_step step;
  step.source = bind_source::field;
  step.first = 1;
  step.slot = slot_of(ops);
  plan.binds = {step};
  const std::uint32_t type = number(oid::interval);
  const interval endless = interval::minus_infinity();
  const void* const object = &endless;
  const auto write = [&](std::uint32_t version) {
    send_buffer out;
    write_parameters(out, plan_parameters(plan, {&type, 1}, version), plan, nullptr, &object);
    return sent_parameters(all_of(out)).values[0];
  };
  EXPECT_EQ(write(170'000), big64(0x8000000000000000u) + big32(0x80000000u) + big32(0x80000000u));
  const auto e = failure_of<value_error>([&] { write(150'004); });
  EXPECT_TRUE(says(e, "17") && says(e, "price")) << e.what();
  EXPECT_EQ(decoded<interval>(ops, type, *write(180'000)), endless);
}

TEST(postgres_intervals, that_are_infinite_fit_no_duration) {
  const type_ops seconds = chrono_ops<std::int64_t>(kind::interval, 1'000'000, 1);
  const std::string infinity = big64(0x7fffffffffffffffu) + big32(0x7fffffffu) + big32(0x7fffffffu);
  EXPECT_EQ(failure_of<decode_error>([&] { decoded<std::int64_t>(seconds, number(oid::interval), infinity); }).code(),
            errc::value_out_of_range);
}

}  // namespace
}  // namespace tupelo::driver::postgres
