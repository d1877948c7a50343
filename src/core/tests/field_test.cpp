// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <set>
#include <string>

// Most of this is tested where a real database fills the fields (driver/sqlite); here is what SQLite never sends.
namespace tupelo {
namespace {

constexpr enumerator sparse_names[] = {{-5, "low"}, {0, "zero"}, {9, "high"}};
const enum_table sparse{"Level", sparse_names, 3};

field_slot slot_of(const type_ops& ops) { return {&ops, 0, ops.k, false, "amount"}; }

template <class T>
type_ops ops_of(kind k) {
  type_ops ops{};
  ops.k = k;
  ops.size = sizeof(T);
  return ops;
}

template <class Work>
errc refusal(Work&& work) {
  try {
    work();
  } catch (const decode_error& e) {
    EXPECT_EQ(e.column(), "amount");
    return e.code();
  }
  ADD_FAILURE() << "not refused";
  return {};
}

TEST(field, every_kind_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int k = 0; k <= static_cast<int>(kind::relation); ++k) names.insert(name_of(static_cast<kind>(k)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kind::relation) + 1);
}

TEST(field, enumerators_are_found_by_number_and_by_name_with_gaps_between_them) {
  EXPECT_EQ(sparse.name_of(-5), "low");
  EXPECT_EQ(sparse.name_of(0), "zero");
  EXPECT_EQ(sparse.name_of(9), "high");
  EXPECT_EQ(sparse.name_of(1), "");
  EXPECT_EQ(sparse.name_of(std::numeric_limits<std::int64_t>::min()), "");
  EXPECT_EQ(sparse.find("high")->value, 9);
  EXPECT_EQ(sparse.find("hig"), nullptr);
  EXPECT_EQ((enum_table{"Empty", nullptr, 0}.name_of(0)), "");
}

TEST(field, unsigned_numbers_fit_unsigned_fields_only) {
  const type_ops u64 = ops_of<std::uint64_t>(kind::u64);
  std::uint64_t big = 0;
  store_unsigned(slot_of(u64), &big, UINT64_MAX);
  EXPECT_EQ(big, UINT64_MAX);
  const type_ops i64 = ops_of<std::int64_t>(kind::i64);
  std::int64_t number = 0;
  EXPECT_EQ(refusal([&] { store_unsigned(slot_of(i64), &number, UINT64_MAX); }), errc::value_out_of_range);
  const type_ops real = ops_of<double>(kind::f64);
  double d = 0;
  store_unsigned(slot_of(real), &d, 3);
  EXPECT_EQ(d, 3.0);
}

TEST(field, whole_real_numbers_up_to_2_to_the_64_fit_unsigned_fields) {
  const type_ops ops = ops_of<std::uint64_t>(kind::u64);
  std::uint64_t number = 0;
  store_float(slot_of(ops), &number, 18446744073709549568.0);
  EXPECT_EQ(number, 18446744073709549568u);
  EXPECT_EQ(refusal([&] { store_float(slot_of(ops), &number, 18446744073709551616.0); }), errc::value_out_of_range);
  EXPECT_EQ(refusal([&] { store_float(slot_of(ops), &number, std::numeric_limits<double>::quiet_NaN()); }),
            errc::type_mismatch);
}

TEST(field, timestamps_and_dates_go_into_each_other_only_without_loss) {
  const type_ops times = ops_of<timestamp>(kind::timestamp);
  const type_ops days = ops_of<date>(kind::date);
  timestamp time;
  date day;
  store_date(slot_of(times), &time, 1);
  EXPECT_EQ(time.us, 86'400'000'000);
  store_timestamp(slot_of(days), &day, -86'400'000'000);
  EXPECT_EQ(day.days, -1);
  EXPECT_EQ(refusal([&] { store_timestamp(slot_of(days), &day, 1); }), errc::invalid_value);
  const type_ops text = ops_of<std::string>(kind::text);
  std::string s;
  EXPECT_EQ(refusal([&] { store_timestamp(slot_of(text), &s, 1); }), errc::type_mismatch);
  EXPECT_EQ(refusal([&] { store_date(slot_of(text), &s, 1); }), errc::type_mismatch);
}

TEST(field, chrono_ticks_are_floored_both_ways) {
  type_ops ops = ops_of<std::int32_t>(kind::timestamp);
  ops.chrono = true;
  ops.ticks_num = 1'000'000;  // seconds in 32 bits
  std::int32_t seconds = 0;
  store_timestamp(slot_of(ops), &seconds, -1);
  EXPECT_EQ(seconds, -1);
  EXPECT_EQ(load_timestamp(slot_of(ops), &seconds), -1'000'000);
  EXPECT_EQ(refusal([&] { store_timestamp(slot_of(ops), &seconds, 253'402'300'799'999'999); }),
            errc::value_out_of_range);
}

TEST(field, chrono_time_beyond_every_year_is_loaded_as_the_last_moment) {
  type_ops ops = ops_of<std::int64_t>(kind::timestamp);
  ops.chrono = true;
  ops.ticks_num = 1'000'000;
  std::int64_t seconds = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(load_timestamp(slot_of(ops), &seconds), std::numeric_limits<std::int64_t>::max() - 1)
      << "what no database holds, and no infinity";
  seconds = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(load_timestamp(slot_of(ops), &seconds), std::numeric_limits<std::int64_t>::min() + 1);
}

TEST(field, integers_are_loaded_with_their_sign_from_every_width) {
  const std::int8_t i8 = -1;
  const std::uint8_t u8 = 255;
  const std::int16_t i16 = -2;
  const std::uint16_t u16 = 65535;
  const std::uint32_t u32 = 4294967295u;
  const bool yes = true;
  EXPECT_EQ(load_integer(slot_of(ops_of<std::int8_t>(kind::i8)), &i8), -1);
  EXPECT_EQ(load_integer(slot_of(ops_of<std::uint8_t>(kind::u8)), &u8), 255);
  EXPECT_EQ(load_integer(slot_of(ops_of<std::int16_t>(kind::i16)), &i16), -2);
  EXPECT_EQ(load_integer(slot_of(ops_of<std::uint16_t>(kind::u16)), &u16), 65535);
  EXPECT_EQ(load_integer(slot_of(ops_of<std::uint32_t>(kind::u32)), &u32), 4294967295);
  EXPECT_EQ(load_integer(slot_of(ops_of<bool>(kind::boolean)), &yes), 1);
}

template <class Number>
void expect_enumeration_round_trip(bool is_signed, Number value) {
  static const enumerator names[] = {{static_cast<std::int64_t>(value), "it"}};
  static const enum_table table{"Level", names, 1};
  type_ops ops = ops_of<Number>(kind::enumeration);
  ops.is_signed = is_signed;
  ops.enumerators = []() -> const enum_table& { return table; };
  Number field{};
  store_text(slot_of(ops), &field, "it");
  EXPECT_EQ(field, value);
  EXPECT_EQ(load_enumerator(slot_of(ops), &field), "it");
  field = 1;
  EXPECT_THROW(load_enumerator(slot_of(ops), &field), value_error);
}

TEST(field, enumerations_of_every_width_and_sign_go_by_name) {
  expect_enumeration_round_trip<std::int8_t>(true, -2);
  expect_enumeration_round_trip<std::uint8_t>(false, 200);
  expect_enumeration_round_trip<std::int16_t>(true, -2);
  expect_enumeration_round_trip<std::uint16_t>(false, 60'000);
  expect_enumeration_round_trip<std::int32_t>(true, -2);
  expect_enumeration_round_trip<std::uint32_t>(false, 4'000'000'000u);
  expect_enumeration_round_trip<std::int64_t>(true, -2);
}

TEST(field, column_without_a_name_is_still_told_apart_from_one) {
  const type_ops ops = ops_of<std::int8_t>(kind::i8);
  field_slot slot = slot_of(ops);
  slot.column = {};
  std::int8_t field = 0;
  try {
    store_integer(slot, &field, 999);
    FAIL();
  } catch (const decode_error& e) {
    EXPECT_EQ(e.column(), "");
    EXPECT_NE(std::string(e.what()).find("a column"), std::string::npos);
  }
}

}  // namespace
}  // namespace tupelo
