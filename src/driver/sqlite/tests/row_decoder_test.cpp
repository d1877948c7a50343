// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <limits>

namespace tupelo::driver::testing {
namespace {

enum class role : std::uint8_t { guest, member, admin };
constexpr enumerator role_names[] = {{0, "guest"}, {1, "member"}, {2, "admin"}};
const enum_table& role_table() {
  static const enum_table table{"Role", role_names, 3};
  return table;
}
type_ops role_ops() {
  type_ops ops = ops_of<role>(kind::enumeration);
  ops.is_signed = false;
  ops.enumerators = &role_table;
  return ops;
}

struct row_decoder : ::testing::Test {
  test_database db;

  template <class T>
  T value(std::string_view sql, kind k) {
    return db.value<T>(sql, ops_of<T>(k));
  }
  template <class T>
  errc misfit(std::string_view sql, kind k) {
    const decode_error e = db.misfit<T>(sql, ops_of<T>(k));
    EXPECT_EQ(e.column(), "answer");
    EXPECT_NE(std::string(e.what()).find("\"answer\""), std::string::npos) << e.what();
    return e.code();
  }
};

TEST_F(row_decoder, integers_of_every_width_are_read_to_their_limits) {
  EXPECT_EQ(value<std::int8_t>("SELECT -128", kind::i8), -128);
  EXPECT_EQ(value<std::uint8_t>("SELECT 255", kind::u8), 255);
  EXPECT_EQ(value<std::int16_t>("SELECT -32768", kind::i16), -32768);
  EXPECT_EQ(value<std::uint16_t>("SELECT 65535", kind::u16), 65535);
  EXPECT_EQ(value<std::int32_t>("SELECT -2147483648", kind::i32), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(value<std::uint32_t>("SELECT 4294967295", kind::u32), 4294967295u);
  EXPECT_EQ(value<std::int64_t>("SELECT 9223372036854775807", kind::i64), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(value<std::uint64_t>("SELECT 9223372036854775807", kind::u64), 9223372036854775807u);
}

TEST_F(row_decoder, integer_beyond_its_field_is_out_of_range) {
  EXPECT_EQ(misfit<std::int8_t>("SELECT 300", kind::i8), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::uint8_t>("SELECT -1", kind::u8), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int16_t>("SELECT 40000", kind::i16), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::uint16_t>("SELECT 65536", kind::u16), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int32_t>("SELECT 2147483648", kind::i32), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::uint32_t>("SELECT 4294967296", kind::u32), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::uint64_t>("SELECT -1", kind::u64), errc::value_out_of_range);
}

TEST_F(row_decoder, misfit_tells_types_and_never_the_value) {
  const std::string range = db.misfit<std::int8_t>("SELECT 31337", ops_of<std::int8_t>(kind::i8)).what();
  EXPECT_NE(range.find("int8"), std::string::npos);
  EXPECT_EQ(range.find("31337"), std::string::npos);
  const std::string type = db.misfit<std::int32_t>("SELECT 'hunter2'", ops_of<std::int32_t>(kind::i32)).what();
  EXPECT_NE(type.find("text"), std::string::npos);
  EXPECT_NE(type.find("int32"), std::string::npos);
  EXPECT_EQ(type.find("hunter2"), std::string::npos);
}

TEST_F(row_decoder, text_in_an_integer_field_is_a_type_mismatch) {
  for (const kind k : {kind::i8, kind::i16, kind::u8, kind::u16})
    EXPECT_EQ(misfit<std::int16_t>("SELECT '12'", k), errc::type_mismatch);
  EXPECT_EQ(misfit<std::int32_t>("SELECT '12'", kind::i32), errc::type_mismatch);
  EXPECT_EQ(misfit<std::int64_t>("SELECT '12'", kind::i64), errc::type_mismatch);
  EXPECT_EQ(misfit<std::int64_t>("SELECT x'12'", kind::i64), errc::type_mismatch);
  EXPECT_EQ(misfit<double>("SELECT '1.5'", kind::f64), errc::type_mismatch);
  EXPECT_EQ(misfit<bool>("SELECT 'true'", kind::boolean), errc::type_mismatch);
}

TEST_F(row_decoder, real_number_goes_into_an_integer_only_when_it_is_whole) {
  EXPECT_EQ(value<std::int32_t>("SELECT 3.0", kind::i32), 3);
  EXPECT_EQ(value<std::int64_t>("SELECT -2.0", kind::i64), -2);
  EXPECT_EQ(misfit<std::int32_t>("SELECT 3.5", kind::i32), errc::type_mismatch);
  EXPECT_EQ(misfit<std::int64_t>("SELECT 1e300", kind::i64), errc::value_out_of_range);
  EXPECT_EQ(misfit<std::int8_t>("SELECT 300.0", kind::i8), errc::value_out_of_range);
}

TEST_F(row_decoder, real_fields_take_integers_and_refuse_what_a_float_cannot_hold) {
  EXPECT_EQ(value<double>("SELECT 0.1", kind::f64), 0.1);
  EXPECT_EQ(value<double>("SELECT 7", kind::f64), 7.0);
  EXPECT_EQ(value<float>("SELECT 0.5", kind::f32), 0.5f);
  EXPECT_EQ(value<double>("SELECT 9e999", kind::f64), std::numeric_limits<double>::infinity());
  EXPECT_EQ(misfit<float>("SELECT 1e39", kind::f32), errc::value_out_of_range);
}

TEST_F(row_decoder, booleans_are_the_integers_0_and_1) {
  EXPECT_TRUE(value<bool>("SELECT 1", kind::boolean));
  EXPECT_FALSE(value<bool>("SELECT 0", kind::boolean));
  EXPECT_EQ(misfit<bool>("SELECT 2", kind::boolean), errc::value_out_of_range);
}

TEST_F(row_decoder, text_is_read_whole) {
  EXPECT_EQ(value<std::string>("SELECT 'smörgås'", kind::text), "smörgås");
  EXPECT_EQ(value<std::string>("SELECT ''", kind::text), "");
  EXPECT_EQ(misfit<std::string>("SELECT 12", kind::text), errc::type_mismatch);
  EXPECT_EQ(misfit<std::string>("SELECT x'00'", kind::text), errc::type_mismatch);
  EXPECT_EQ(misfit<std::string>("SELECT 1.5", kind::text), errc::type_mismatch);
}

TEST_F(row_decoder, bytes_are_read_whole_and_text_is_none) {
  EXPECT_EQ(value<bytes>("SELECT x'00ff'", kind::bytes), (bytes{std::byte{0}, std::byte{255}}));
  EXPECT_EQ(value<bytes>("SELECT x''", kind::bytes), bytes());
  EXPECT_EQ(misfit<bytes>("SELECT 'a'", kind::bytes), errc::type_mismatch);
}

TEST_F(row_decoder, null_resets_an_optional_and_is_refused_elsewhere) {
  const type_ops optional = optional_ops_of<std::int32_t>(kind::i32);
  EXPECT_EQ(db.value<std::optional<std::int32_t>>("SELECT NULL", optional), std::nullopt);
  EXPECT_EQ(db.value<std::optional<std::int32_t>>("SELECT 4", optional), 4);
  EXPECT_EQ(misfit<std::int32_t>("SELECT NULL", kind::i32), errc::null_value);
  EXPECT_EQ(misfit<std::string>("SELECT NULL", kind::text), errc::null_value);
}

TEST_F(row_decoder, timestamps_are_read_from_text_in_utc) {
  EXPECT_EQ(value<timestamp>("SELECT '2026-11-21 09:30:00.000250'", kind::timestamp),
            timestamp::parse("2026-11-21 09:30:00.00025"));
  EXPECT_EQ(value<timestamp>("SELECT '2026-11-21T09:30:00+02:00'", kind::timestamp),
            timestamp::parse("2026-11-21 07:30:00"));
  EXPECT_EQ(value<timestamp>("SELECT datetime(0, 'unixepoch')", kind::timestamp), timestamp{});
}

TEST_F(row_decoder, malformed_timestamp_is_refused) {
  EXPECT_EQ(misfit<timestamp>("SELECT '2026-02-30 00:00:00'", kind::timestamp), errc::invalid_value);
  EXPECT_EQ(misfit<timestamp>("SELECT 'yesterday'", kind::timestamp), errc::invalid_value);
  EXPECT_EQ(misfit<timestamp>("SELECT 12", kind::timestamp), errc::type_mismatch);
}

TEST_F(row_decoder, chrono_time_points_are_filled_in_their_own_ticks) {
  type_ops seconds = ops_of<std::int64_t>(kind::timestamp);
  seconds.chrono = true;
  seconds.ticks_num = 1'000'000;
  EXPECT_EQ(db.value<std::int64_t>("SELECT '1970-01-01 00:01:00.5'", seconds), 60);
  type_ops nanoseconds = ops_of<std::int64_t>(kind::timestamp);
  nanoseconds.chrono = true;
  nanoseconds.ticks_den = 1000;
  EXPECT_EQ(db.value<std::int64_t>("SELECT '1970-01-01 00:00:00.000001'", nanoseconds), 1000);
  EXPECT_EQ(db.misfit<std::int64_t>("SELECT '9999-01-01 00:00:00'", nanoseconds).code(), errc::value_out_of_range);
}

TEST_F(row_decoder, dates_are_read_from_days_and_from_midnights) {
  EXPECT_EQ(value<date>("SELECT '2026-11-21'", kind::date), date::parse("2026-11-21"));
  EXPECT_EQ(value<date>("SELECT '2026-11-21 00:00:00'", kind::date), date::parse("2026-11-21"));
  EXPECT_EQ(misfit<date>("SELECT '2026-11-21 00:00:01'", kind::date), errc::invalid_value);
  EXPECT_EQ(misfit<date>("SELECT '21.11.2026'", kind::date), errc::invalid_value);
}

TEST_F(row_decoder, uuids_are_read_from_text_and_from_bytes) {
  const uuid id = uuid::parse("0190a5b2-7c00-7a3f-8000-00000000abcd");
  EXPECT_EQ(value<uuid>("SELECT '0190A5B2-7C00-7A3F-8000-00000000ABCD'", kind::uuid), id);
  EXPECT_EQ(value<uuid>("SELECT x'0190a5b27c007a3f800000000000abcd'", kind::uuid), id);
  EXPECT_EQ(misfit<uuid>("SELECT 'not-a-uuid'", kind::uuid), errc::invalid_value);
  EXPECT_EQ(misfit<uuid>("SELECT x'01'", kind::uuid), errc::invalid_value);
}

TEST_F(row_decoder, decimals_are_read_from_every_kind_of_number) {
  EXPECT_EQ(value<decimal>("SELECT 12", kind::decimal).to_string(), "12");
  EXPECT_EQ(value<decimal>("SELECT 0.1 + 0.2", kind::decimal).to_string(), "0.3");
  EXPECT_EQ(value<decimal>("SELECT 19.99", kind::decimal).to_string(), "19.99");
  EXPECT_EQ(value<decimal>("SELECT '1.10'", kind::decimal).to_string(), "1.10");
  EXPECT_EQ(misfit<decimal>("SELECT 'ten'", kind::decimal), errc::invalid_value);
  EXPECT_EQ(misfit<decimal>("SELECT x'01'", kind::decimal), errc::type_mismatch);
}

TEST_F(row_decoder, json_keeps_its_text_and_must_be_json) {
  EXPECT_EQ(value<json>("SELECT '{\"a\": 1}'", kind::json).text(), "{\"a\": 1}");
  EXPECT_EQ(misfit<json>("SELECT '{'", kind::json), errc::invalid_value);
  EXPECT_EQ(misfit<json>("SELECT 1", kind::json), errc::type_mismatch);
}

TEST_F(row_decoder, enumerators_are_read_by_name) {
  EXPECT_EQ(db.value<role>("SELECT 'admin'", role_ops()), role::admin);
}

TEST_F(row_decoder, unknown_enumerator_is_refused_with_the_known_ones) {
  const decode_error e = db.misfit<role>("SELECT 'owner'", role_ops());
  EXPECT_EQ(e.code(), errc::invalid_enum);
  EXPECT_NE(std::string(e.what()).find("guest, member, admin"), std::string::npos);
  EXPECT_EQ(std::string(e.what()).find("owner"), std::string::npos);
  EXPECT_EQ(db.misfit<role>("SELECT 2", role_ops()).code(), errc::type_mismatch);
}

TEST_F(row_decoder, custom_types_read_text_and_may_refuse_it) {
  type_ops ops = ops_of<int>(kind::custom);
  ops.from_text = [](void* p, std::string_view text) {
    *static_cast<int*>(p) = static_cast<int>(text.size());
    return text != "bad";
  };
  EXPECT_EQ(db.value<int>("SELECT 'four'", ops), 4);
  EXPECT_EQ(db.misfit<int>("SELECT 'bad'", ops).code(), errc::invalid_value);
}

TEST_F(row_decoder, failure_leaves_the_connection_and_the_earlier_rows_usable) {
  const type_ops ops = ops_of<std::int8_t>(kind::i8);
  statement_plan plan;
  plan.text = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 300";
  plan.reads = {slot_of(ops, 0, "n")};
  std::vector<std::int8_t> rows;
  prepared_statement* prepared = nullptr;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.rows = sink_of(rows);
  EXPECT_FALSE(db.get().run(r));
  EXPECT_THROW(raise(r), decode_error);
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(rows[0], 1);
  EXPECT_EQ(rows[1], 2);
  EXPECT_TRUE(db.get().usable());
  EXPECT_NO_THROW(db.script("CREATE TABLE t (a); DROP TABLE t")) << "a statement that still ran would hold a lock";
  rows.clear();
  EXPECT_FALSE(db.get().run(r)) << "the same statement runs again";
  db.get().release(prepared);
}

}  // namespace
}  // namespace tupelo::driver::testing
