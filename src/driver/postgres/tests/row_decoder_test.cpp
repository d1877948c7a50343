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
#include <random>

namespace tupelo::driver::postgres::testing {
namespace {

constexpr std::uint32_t user_type = 16402;

row_layout layout_of(const type_ops& ops, std::uint32_t type) {
  statement_plan plan;
  plan.row_type = "Item";
  plan.reads = {slot_of(ops)};
  const result_column column{"price", type, -1};
  return plan_row(plan, {&column, 1});
}
template <class T>
T decoded(const type_ops& ops, oid type, const std::optional<std::string>& bytes) {
  T value{};
  const std::string body = data_row({bytes});
  decode_row(layout_of(ops, number(type)), body.data(), static_cast<std::uint32_t>(body.size()), &value);
  return value;
}
template <class T>
T decoded(kind k, oid type, const std::string& bytes) {
  return decoded<T>(ops_of<T>(k), type, bytes);
}
template <class T>
errc misfit(kind k, oid type, const std::string& bytes) {
  const auto e = failure_of<decode_error>([&] { decoded<T>(k, type, bytes); });
  EXPECT_EQ(e.column(), "price");
  EXPECT_TRUE(says(e, "\"price\"")) << e.what();
  return e.code();
}
std::string real8(double value) { return big64(std::bit_cast<std::uint64_t>(value)); }
std::string real4(float value) { return big32(std::bit_cast<std::uint32_t>(value)); }
constexpr std::uint64_t y2k_us = 946'684'800'000'000;

TEST(row_decoder, integers_are_read_to_their_limits) {
  EXPECT_EQ(decoded<std::int32_t>(kind::i32, oid::int4, big32(0x80000000u)), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(decoded<std::int64_t>(kind::i64, oid::int8, big64(0x7fffffffffffffffu)),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(decoded<std::int16_t>(kind::i16, oid::int2, big16(0x8000)), -32768);
  EXPECT_EQ(decoded<std::uint32_t>(kind::u32, oid::oid, big32(0xffffffffu)), 4294967295u);
  EXPECT_EQ(decoded<std::int8_t>(kind::i8, oid::int2, big16(0xff80)), -128);
  EXPECT_EQ(decoded<std::uint64_t>(kind::u64, oid::int8, big64(5)), 5u);
}

TEST(row_decoder, integer_of_another_width_is_range_checked) {
  EXPECT_EQ(decoded<std::int64_t>(kind::i64, oid::int4, big32(0xffffffffu)), -1);
  EXPECT_EQ(decoded<std::int32_t>(kind::i32, oid::int8, big64(7)), 7);
  EXPECT_EQ(misfit<std::int32_t>(kind::i32, oid::int8, big64(1ull << 40)), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::uint16_t>(kind::u16, oid::int2, big16(0xffff)), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int32_t>(kind::i32, oid::oid, big32(0xffffffffu)), errc::value_out_of_range);
}

TEST(row_decoder, truth_values_are_read_from_bool_and_from_0_and_1) {
  EXPECT_TRUE(decoded<bool>(kind::boolean, oid::boolean, bytes_of({1})));
  EXPECT_FALSE(decoded<bool>(kind::boolean, oid::boolean, bytes_of({0})));
  EXPECT_TRUE(decoded<bool>(kind::boolean, oid::int2, big16(1)));
  EXPECT_EQ(decoded<int>(kind::i32, oid::boolean, bytes_of({1})), 1);
  EXPECT_EQ(misfit<bool>(kind::boolean, oid::int4, big32(2)), errc::value_out_of_range);
}

TEST(row_decoder, real_numbers_are_read_from_every_number) {
  EXPECT_EQ(decoded<double>(kind::f64, oid::float8, real8(0.1)), 0.1);
  EXPECT_EQ(decoded<float>(kind::f32, oid::float4, real4(0.1f)), 0.1f);
  EXPECT_EQ(decoded<double>(kind::f64, oid::int4, big32(3)), 3.0);
  EXPECT_EQ(decoded<float>(kind::f32, oid::float8, real8(0.5)), 0.5f);
  EXPECT_TRUE(std::isnan(decoded<double>(kind::f64, oid::float8, real8(std::nan("")))));
  EXPECT_EQ(misfit<float>(kind::f32, oid::float8, real8(1e300)), errc::value_out_of_range);
}

TEST(row_decoder, numeric_goes_into_numbers_without_loss_or_not_at_all) {
  const std::string three = big16(1) + big16(0) + big16(0) + big16(2) + big16(3);              // 3.00
  const std::string half = big16(1) + big16(0xffff) + big16(0x4000) + big16(1) + big16(5000);  // -0.5
  const std::string large = big16(1) + big16(10) + big16(0) + big16(0) + big16(1);             // 10^40
  const std::string nan = big16(0) + big16(0) + big16(0xC000) + big16(0);
  EXPECT_EQ(decoded<std::int32_t>(kind::i32, oid::numeric, three), 3);
  EXPECT_EQ(decoded<decimal>(kind::decimal, oid::numeric, three).to_string(), "3.00");
  EXPECT_EQ(decoded<double>(kind::f64, oid::numeric, half), -0.5);
  EXPECT_EQ(decoded<double>(kind::f64, oid::numeric, large), 1e40);
  EXPECT_TRUE(decoded<decimal>(kind::decimal, oid::numeric, nan).is_nan());
  const std::string enormous = big16(1) + big16(100) + big16(0) + big16(0) + big16(1);  // 10^400
  EXPECT_EQ(misfit<double>(kind::f64, oid::numeric, enormous), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int32_t>(kind::i32, oid::numeric, half), errc::type_mismatch);
  EXPECT_EQ(misfit<std::int64_t>(kind::i64, oid::numeric, large), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int64_t>(kind::i64, oid::numeric, nan), errc::type_mismatch);
}

TEST(row_decoder, numeric_reaches_the_ends_of_64_bits) {
  const auto numeric = [](int sign, int last) {  // 922 3372 0368 5477 580x
    return big16(5) + big16(4) + big16(static_cast<std::uint16_t>(sign)) + big16(0) + big16(922) + big16(3372) +
           big16(368) + big16(5477) + big16(static_cast<std::uint16_t>(5800 + last));
  };
  EXPECT_EQ(decoded<std::int64_t>(kind::i64, oid::numeric, numeric(0x4000, 8)),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(decoded<std::int64_t>(kind::i64, oid::numeric, numeric(0, 7)), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(decoded<std::uint64_t>(kind::u64, oid::numeric, numeric(0, 8)), 9223372036854775808u);
  EXPECT_EQ(misfit<std::int64_t>(kind::i64, oid::numeric, numeric(0x4000, 9)), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int64_t>(kind::i64, oid::numeric, numeric(0, 8)), errc::value_out_of_range);
}

TEST(row_decoder, float4_becomes_the_decimal_of_its_own_digits) {
  EXPECT_EQ(decoded<decimal>(kind::decimal, oid::float4, real4(0.1f)).to_string(), "0.1");
  EXPECT_EQ(decoded<decimal>(kind::decimal, oid::float8, real8(0.1)).to_string(), "0.1");
}

TEST(row_decoder, text_fields_take_every_type_that_is_no_number) {
  for (const oid type : {oid::text,
                         oid::varchar,
                         oid::bpchar,
                         oid::name,
                         oid::xml,
                         oid::json,
                         oid::jsonb,
                         oid::uuid,
                         oid::date,
                         oid::timestamp,
                         oid::timestamptz,
                         oid::time,
                         oid::timetz,
                         oid::interval,
                         oid::inet,
                         oid::cidr,
                         oid::macaddr,
                         oid::bit,
                         oid::varbit,
                         oid::money,
                         oid::int4_array,
                         oid::unknown,
                         static_cast<oid>(user_type)}) {
    EXPECT_EQ(decoded<std::string>(kind::text, type, "as the server spells it"), "as the server spells it");
  }
}

TEST(row_decoder, text_becomes_what_the_field_reads) {
  EXPECT_EQ(decoded<level>(level_ops(), static_cast<oid>(user_type), "high"), level::high);
  EXPECT_EQ(decoded<colour>(colour_ops(), oid::int4, "42").name, "42");
  EXPECT_EQ(decoded<json>(kind::json, oid::jsonb, R"({"a": 1})").text(), R"({"a": 1})");
  EXPECT_EQ(decoded<decimal>(kind::decimal, oid::text, "1.10").to_string(), "1.10");
  EXPECT_EQ(misfit<json>(kind::json, oid::text, "{"), errc::invalid_value);
}

TEST(row_decoder, bytes_and_uuids_are_read_as_they_are) {
  EXPECT_EQ(decoded<bytes>(kind::bytes, oid::bytea, std::string("\0\xff", 2)), to_bytes(std::string_view("\0\xff", 2)));
  EXPECT_TRUE(decoded<bytes>(kind::bytes, oid::bytea, "").empty());
  const std::string sixteen("0123456789abcdef");
  EXPECT_EQ(decoded<uuid>(kind::uuid, oid::uuid, sixteen).to_string(), "30313233-3435-3637-3839-616263646566");
  EXPECT_EQ(decoded<uuid>(kind::uuid, oid::bytea, sixteen).to_string(), "30313233-3435-3637-3839-616263646566");
}

TEST(row_decoder, times_count_from_the_year_2000) {
  EXPECT_EQ(decoded<timestamp>(kind::timestamp, oid::timestamptz, big64(0)).to_string(), "2000-01-01 00:00:00.000000");
  EXPECT_EQ(decoded<timestamp>(kind::timestamp, oid::timestamp, big64(0 - y2k_us)).us, 0);
  EXPECT_EQ(decoded<date>(kind::date, oid::date, big32(366)).to_string(), "2001-01-01");
  EXPECT_EQ(decoded<timestamp>(kind::timestamp, oid::date, big32(0)).us, static_cast<std::int64_t>(y2k_us));
  EXPECT_EQ(decoded<date>(kind::date, oid::timestamp, big64(86'400'000'000)).to_string(), "2000-01-02");
  EXPECT_EQ(misfit<date>(kind::date, oid::timestamp, big64(1)), errc::invalid_value);
}

TEST(row_decoder, infinite_time_is_infinite) {
  const std::string infinity = big64(0x7fffffffffffffffu);
  const std::string minus_infinity = big64(0x8000000000000000u);
  EXPECT_EQ(decoded<timestamp>(kind::timestamp, oid::timestamptz, infinity), timestamp::infinity());
  EXPECT_EQ(decoded<timestamp>(kind::timestamp, oid::timestamp, minus_infinity), timestamp::minus_infinity());
  EXPECT_EQ(decoded<date>(kind::date, oid::timestamp, infinity), date::infinity());
  EXPECT_EQ(decoded<date>(kind::date, oid::date, big32(0x80000000u)), date::minus_infinity());
  EXPECT_EQ(decoded<timestamp>(kind::timestamp, oid::date, big32(0x7fffffffu)), timestamp::infinity());
}

TEST(row_decoder, time_that_the_field_cannot_hold_is_refused) {
  const std::string before_christ = big64(static_cast<std::uint64_t>(-64'000'000'000'000'000));
  for (const std::string& bytes : {before_christ, big64(0x7ffffffffffffffeu), big64(0x8000000000000001u)}) {
    EXPECT_EQ(misfit<timestamp>(kind::timestamp, oid::timestamptz, bytes), errc::value_out_of_range);
    EXPECT_EQ(misfit<date>(kind::date, oid::timestamp, bytes), errc::value_out_of_range);
  }
  for (const std::uint32_t days : {0x7ffffffeu, 0x80000001u}) {
    EXPECT_EQ(misfit<date>(kind::date, oid::date, big32(days)), errc::value_out_of_range);
    EXPECT_EQ(misfit<timestamp>(kind::timestamp, oid::date, big32(days)), errc::value_out_of_range);
  }
  const std::string infinity = big64(0x7fffffffffffffffu);
  const type_ops seconds = chrono_ops<std::int64_t>(kind::timestamp, 1'000'000, 1);
  EXPECT_TRUE(
      says(failure_of<decode_error>([&] { decoded<std::int64_t>(seconds, oid::timestamp, infinity); }), "infinity"));
}

TEST(row_decoder, chrono_fields_hold_what_their_ticks_hold) {
  const type_ops seconds = chrono_ops<std::int64_t>(kind::timestamp, 1'000'000, 1);
  const type_ops days = chrono_ops<std::int32_t>(kind::date, 86'400'000'000, 1);
  const std::uint64_t minus_100_years = static_cast<std::uint64_t>(-100 * 31'557'600'000'000);
  EXPECT_EQ(decoded<std::int64_t>(seconds, oid::timestamptz, big64(1'500'000)), 946'684'801);
  EXPECT_EQ(decoded<std::int64_t>(seconds, oid::timestamptz, big64(0 - y2k_us + 40 * minus_100_years)),
            -40 * 100 * 31'557'600ll);
  EXPECT_EQ(decoded<std::int32_t>(days, oid::date, big32(0)), 10'957);
  EXPECT_THROW(decoded<std::int32_t>(days, oid::date, big32(0x7ffffff0u)), decode_error);
}

TEST(row_decoder, null_resets_an_optional_and_is_refused_elsewhere) {
  const type_ops optional = optional_ops_of<std::string>(kind::text);
  EXPECT_EQ(decoded<std::optional<std::string>>(optional, oid::text, std::nullopt), std::nullopt);
  EXPECT_EQ(decoded<std::optional<std::string>>(optional, oid::text, "x"), "x");
  const type_ops plain = ops_of<std::int32_t>(kind::i32);
  EXPECT_EQ(failure_of<decode_error>([&] { decoded<std::int32_t>(plain, oid::int4, std::nullopt); }).code(),
            errc::null_value);
}

TEST(row_decoder, field_of_another_type_is_refused_when_planned) {
  const auto refused = [](kind k, oid type) {
    const type_ops ops = ops_of<std::string>(k);
    return failure_of<decode_error>([&] { layout_of(ops, number(type)); });
  };
  const decode_error e = refused(kind::text, oid::int4);
  EXPECT_EQ(e.code(), errc::type_mismatch);
  EXPECT_EQ(e.column(), "price");
  EXPECT_TRUE(says(e, "\"price\" is PostgreSQL's int4 where its field in Item is text")) << e.what();
  refused(kind::i32, oid::text);
  refused(kind::i32, oid::int4_array);
  refused(kind::boolean, oid::float8_array);
  refused(kind::timestamp, oid::time);
  refused(kind::json, oid::bytea);
  refused(kind::bytes, oid::text);
  refused(kind::uuid, oid::int8);
}

TEST(row_decoder, rare_types_of_the_server_have_their_names_in_messages) {
  const type_ops ops = ops_of<bool>(kind::boolean);
  statement_plan plan;
  plan.reads = {slot_of(ops)};
  const auto refused = [&](std::uint32_t type) {
    const result_column column{"price", type, -1};
    return failure_of<decode_error>([&] { plan_row(plan, {&column, 1}); });
  };
  EXPECT_TRUE(says(refused(5069), "PostgreSQL's xid8 where")) << refused(5069).what();
  EXPECT_TRUE(says(refused(2205), "PostgreSQL's regclass where"));
  EXPECT_TRUE(says(refused(2210), "PostgreSQL's regclass[] where"));
}

TEST(row_decoder, another_number_of_columns_is_refused_when_planned) {
  const type_ops ops = ops_of<std::int32_t>(kind::i32);
  statement_plan plan;
  plan.row_type = "Item";
  plan.reads = {slot_of(ops), slot_of(ops, 4)};
  const result_column column{"price", number(oid::int4), -1};
  const auto refused = [&] { return failure_of<query_error>([&] { plan_row(plan, {&column, 1}); }); };
  EXPECT_TRUE(says(refused(), "1 columns but Item has 2 fields"));
  plan.row_type = {};
  EXPECT_TRUE(says(refused(), "1 columns but the row type has 2 fields"));
}

TEST(row_decoder, rows_of_a_copy_are_refused_with_the_verb_that_reads_them) {
  const type_ops ops = ops_of<std::int32_t>(kind::i32);
  statement_plan plan;
  plan.reads = {slot_of(ops)};
  const auto is_told = [&](std::string_view text) {
    plan.text = text;
    return says(failure_of<query_error>([&] { plan_row(plan, {}); }), "copy_out()");
  };
  EXPECT_TRUE(is_told("copy t to stdout"));
  EXPECT_TRUE(is_told("\n COPY(SELECT 1) TO STDOUT"));
  EXPECT_FALSE(is_told("copying()"));
  EXPECT_FALSE(is_told("DELETE FROM copy"));
  EXPECT_FALSE(is_told("  "));
}

TEST(row_decoder, formats_are_one_code_where_all_are_alike) {
  const type_ops integer = ops_of<std::int32_t>(kind::i32);
  const type_ops text = ops_of<std::string>(kind::text);
  const auto formats = [](std::vector<field_slot> reads, std::vector<result_column> columns) {
    statement_plan plan;
    plan.reads = std::move(reads);
    send_buffer out;
    write_result_formats(out, plan_row(plan, columns));
    return all_of(out);
  };
  const result_column number_column{"a", number(oid::int4), -1};
  const result_column text_column{"b", number(oid::text), -1};
  EXPECT_EQ(formats({slot_of(integer), slot_of(integer)}, {number_column, number_column}), big16(1) + big16(1));
  EXPECT_EQ(formats({slot_of(text)}, {text_column}), big16(0));
  EXPECT_EQ(formats({slot_of(integer), slot_of(text)}, {number_column, text_column}), big16(2) + big16(1) + big16(0));
  EXPECT_EQ(formats({}, {number_column}), big16(0));
}

struct pair_of_fields {
  std::int32_t count = 0;
  std::string name;
};

struct row_bytes : ::testing::Test {
  row_bytes() {
    statement_plan plan;
    plan.reads = {slot_of(integer, offsetof(pair_of_fields, count), "count"),
                  slot_of(text, offsetof(pair_of_fields, name), "name")};
    const result_column columns[] = {{"count", number(oid::int4), -1}, {"name", number(oid::text), -1}};
    layout = plan_row(plan, columns);
  }
  bool breaks_the_protocol(const std::string& body) {
    pair_of_fields row;
    try {
      decode_row(layout, body.data(), static_cast<std::uint32_t>(body.size()), &row);
    } catch (const connection_error& e) {
      return e.code() == errc::connection_lost && !e.connection_usable();
    }
    return false;
  }
  type_ops integer = ops_of<std::int32_t>(kind::i32);
  type_ops text = ops_of<std::string>(kind::text);
  row_layout layout;
};

TEST_F(row_bytes, reach_the_fields) {
  const std::string body = data_row({big32(7), "seven"});
  pair_of_fields row;
  decode_row(layout, body.data(), static_cast<std::uint32_t>(body.size()), &row);
  EXPECT_EQ(row.count, 7);
  EXPECT_EQ(row.name, "seven");
}

TEST_F(row_bytes, cut_anywhere_break_the_protocol) {
  const std::string body = data_row({big32(7), "seven"});
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_TRUE(breaks_the_protocol(body.substr(0, size))) << size;
  EXPECT_TRUE(breaks_the_protocol(body + "x"));
}

TEST_F(row_bytes, with_another_number_of_columns_break_the_protocol) {
  EXPECT_TRUE(breaks_the_protocol(data_row({big32(7)})));
  EXPECT_TRUE(breaks_the_protocol(data_row({big32(7), "a", "b"})));
}

TEST_F(row_bytes, with_a_value_of_another_length_break_the_protocol) {
  EXPECT_TRUE(breaks_the_protocol(data_row({big16(7), "seven"})));
  EXPECT_TRUE(breaks_the_protocol(data_row({big64(7), "seven"})));
}

TEST_F(row_bytes, with_a_length_that_is_a_lie_break_the_protocol) {
  for (const std::uint32_t length : {0xfffffffeu, 0x80000000u, 0x7fffffffu, 6u}) {
    EXPECT_TRUE(breaks_the_protocol(big16(2) + big32(4) + big32(7) + big32(length) + "seven")) << length;
  }
}

TEST_F(row_bytes, of_every_type_with_a_wrong_length_break_the_protocol) {
  const auto breaks = [](kind k, oid type, const std::string& bytes) {
    alignas(16) char field[64] = {};
    const type_ops ops = ops_of<std::int64_t>(k);
    const std::string body = data_row({bytes});
    const row_layout one = layout_of(ops, number(type));
    EXPECT_THROW(decode_row(one, body.data(), static_cast<std::uint32_t>(body.size()), field), connection_error);
  };
  breaks(kind::boolean, oid::boolean, "");
  breaks(kind::i32, oid::boolean, "ab");
  breaks(kind::i32, oid::int2, "a");
  breaks(kind::i64, oid::int4, "abc");
  breaks(kind::i32, oid::int8, "abc");
  breaks(kind::i64, oid::oid, "abc");
  breaks(kind::f32, oid::float4, "abc");
  breaks(kind::f64, oid::float4, "abc");
  breaks(kind::f64, oid::float8, "abc");
  breaks(kind::i64, oid::float8, "abc");
  breaks(kind::i64, oid::numeric, "abc");
  breaks(kind::date, oid::date, "abc");
  breaks(kind::timestamp, oid::timestamp, "abc");
  breaks(kind::date, oid::timestamp, "abc");
  breaks(kind::uuid, oid::uuid, "abc");
}

/// Bytes that only look like a value must end in a value or in one of the two errors, whatever the type.
TEST(row_decoder, random_bytes_are_a_value_or_refused) {
  std::mt19937_64 random(20261121);
  const auto survives = [&]<class T>(const T&, const type_ops& ops, oid type) {
    const row_layout layout = layout_of(ops, number(type));
    for (int i = 0; i < 300; ++i) {
      std::string bytes(random() % 24, '\0');
      for (char& c : bytes) c = random() % 3 == 0 ? '\0' : static_cast<char>(random());
      const std::string body = data_row({bytes});
      T field{};
      try {
        decode_row(layout, body.data(), static_cast<std::uint32_t>(body.size()), &field);
      } catch (const decode_error&) {
      } catch (const connection_error&) {}
    }
  };
  for (const oid type : {oid::boolean, oid::int2, oid::int4, oid::int8, oid::oid, oid::float4, oid::float8}) {
    survives(std::int8_t{}, ops_of<std::int8_t>(kind::i8), type);
    survives(std::uint64_t{}, ops_of<std::uint64_t>(kind::u64), type);
  }
  for (const oid type : {oid::float4, oid::float8, oid::numeric, oid::text}) {
    survives(decimal(), ops_of<decimal>(kind::decimal), type);
  }
  survives(float{}, ops_of<float>(kind::f32), oid::numeric);
  survives(std::int64_t{}, ops_of<std::int64_t>(kind::i64), oid::numeric);
  survives(bytes(), ops_of<bytes>(kind::bytes), oid::bytea);
  for (const oid type : {oid::date, oid::timestamp, oid::text}) {
    survives(date(), ops_of<date>(kind::date), type);
    survives(timestamp(), ops_of<timestamp>(kind::timestamp), type);
  }
  for (const oid type : {oid::uuid, oid::bytea, oid::text}) survives(uuid(), ops_of<uuid>(kind::uuid), type);
  survives(json(), ops_of<json>(kind::json), oid::jsonb);
  survives(level{}, level_ops(), oid::text);
  survives(std::string(), ops_of<std::string>(kind::text), oid::interval);
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
