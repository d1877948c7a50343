// SPDX-License-Identifier: Apache-2.0
// Random values of every type, written through libpq and read through the codec, and the other way round.
#include "server_type.hpp"
#include "value_oracle.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

namespace tupelo::driver::postgres::testing {
namespace {

TEST_F(value_oracle, integers_agree) {
  integers<std::int16_t>(kind::i16, "int2");
  integers<std::int32_t>(kind::i32, "int4");
  integers<std::int64_t>(kind::i64, "int8");
  integers<std::int8_t>(kind::i8, "int2");
  integers<std::uint8_t>(kind::u8, "int2");
  integers<std::uint16_t>(kind::u16, "int4");
  integers<std::uint32_t>(kind::u32, "oid");
}

TEST_F(value_oracle, integers_in_wider_types_agree) {
  integers<std::int16_t>(kind::i16, "int8");
  integers<std::int32_t>(kind::i32, "int8");
  integers<std::uint32_t>(kind::u32, "int8");
  integers<std::int32_t>(kind::i32, "numeric");
  integers<std::int64_t>(kind::i64, "numeric");
  integers<std::uint64_t>(kind::u64, "numeric");
  integers<std::int32_t>(kind::i32, "float8");
  integers<std::int16_t>(kind::i16, "float4");
}

TEST_F(value_oracle, truth_values_agree) {
  const auto statement = echo("bool");
  agree(statement, kind::boolean, true, "t");
  agree(statement, kind::boolean, false, "f");
}

TEST_F(value_oracle, real_numbers_agree) {
  reals<float>(kind::f32, "float4");
  reals<double>(kind::f64, "float8");
}

TEST_F(value_oracle, real_numbers_in_numeric_agree) {
  const auto statement = echo("numeric");
  for (int i = 0; i < rounds; ++i) {
    const double value = static_cast<double>(random.between(-1'000'000'000, 1'000'000'000)) / 1024;
    agree(statement, kind::f64, value, decimal::from_double(value).to_string());
    const auto single = static_cast<float>(random.between(-100'000, 100'000)) / 100;
    agree(statement, kind::f32, single, decimal::parse(digits(single)).to_string());
  }
}

TEST_F(value_oracle, decimals_agree) {
  const auto statement = echo("numeric");
  for (const char* text : {"NaN", "Infinity", "-Infinity", "0", "0.000", "10000", "0.0001", "0.00010"})
    agree(statement, kind::decimal, decimal::parse(text), text);
  for (int i = 0; i < rounds; ++i) {
    const std::string text = random.decimal_text(i % 3 == 0 ? 200 : 18);
    agree(statement, kind::decimal, decimal::parse(text), text);
  }
  const std::string longest = std::string(2'000, '7') + "." + std::string(2'000, '3');
  agree(statement, kind::decimal, decimal::parse(longest), longest);
}

TEST_F(value_oracle, decimals_of_a_fixed_scale_agree) {
  const auto statement = echo("numeric(30, 6)");
  for (int i = 0; i < rounds; ++i) {
    const auto value = decimal::parse(random.decimal_text(20)).round(6);
    agree(statement, kind::decimal, value, value.to_string());
  }
}

TEST_F(value_oracle, text_agrees) {
  for (const char* type : {"text", "varchar", "bpchar"}) {
    const auto statement = echo(type);
    for (int i = 0; i < rounds; ++i) {
      const std::string value = random.text(40);
      agree(statement, kind::text, value, value);
    }
  }
  const auto name = echo("name");
  for (int i = 0; i < rounds; ++i) {
    const std::string value = random.letters(63);
    agree(name, kind::text, value, value);
  }
  const std::string long_text(1 << 20, 'x');
  agree(echo("text"), kind::text, long_text, long_text);
}

TEST_F(value_oracle, bytes_agree) {
  const auto statement = echo("bytea");
  for (int i = 0; i < rounds; ++i) {
    bytes value(random.below(300));
    for (auto& byte : value) byte = static_cast<std::byte>(random.bits());
    agree(statement, kind::bytes, value, "\\x" + to_hex(value));
  }
}

TEST_F(value_oracle, dates_agree) {
  const auto statement = echo("date");
  for (const std::int32_t days : {date::min_days, date::max_days, 0, 10'956, 10'957, 10'958})
    agree(statement, kind::date, date{days}, date{days}.to_string());
  for (int i = 0; i < rounds; ++i) {
    const date value{static_cast<std::int32_t>(random.between(date::min_days, date::max_days))};
    agree(statement, kind::date, value, value.to_string());
  }
}

TEST_F(value_oracle, timestamps_agree) {
  for (const char* type : {"timestamp", "timestamptz"}) {
    const auto statement = echo(type);
    for (const std::int64_t us : {timestamp::min_us, timestamp::max_us, std::int64_t{0}, std::int64_t{-1}})
      agree(statement, kind::timestamp, timestamp{us}, timestamp{us}.to_string());
    for (int i = 0; i < rounds; ++i) {
      const timestamp value{random.between(timestamp::min_us, timestamp::max_us)};
      agree(statement, kind::timestamp, value, value.to_string());
    }
  }
}

TEST_F(value_oracle, days_and_times_stand_in_for_each_other) {
  const auto days = echo("date");
  const auto times = echo("timestamp");
  for (int i = 0; i < rounds; ++i) {
    const date day{static_cast<std::int32_t>(random.between(date::min_days, date::max_days))};
    agree(days, kind::timestamp, day.midnight(), day.to_string());
    agree(times, kind::date, day, day.to_string());
  }
}

TEST_F(value_oracle, chrono_time_points_agree) {
  const auto statement = echo("timestamptz");
  const type_ops seconds = chrono_ops<std::int64_t>(kind::timestamp, 1'000'000, 1);
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t value = random.between(timestamp::min_us / 1'000'000, timestamp::max_us / 1'000'000);
    agree(statement, seconds, value, timestamp::from_seconds(value).to_string());
  }
}

TEST_F(value_oracle, uuids_agree) {
  const auto statement = echo("uuid");
  const auto as_text = echo("text");
  for (int i = 0; i < rounds; ++i) {
    uuid value;
    for (auto& byte : value.bytes) byte = static_cast<std::uint8_t>(random.bits());
    agree(statement, kind::uuid, value, value.to_string());
    agree(statement, kind::text, value.to_string(), value.to_string());
    agree(as_text, kind::uuid, value, value.to_string());
  }
}

TEST_F(value_oracle, json_agrees) {
  const auto as_json = echo("json");
  const auto as_jsonb = echo("jsonb");
  for (int i = 0; i < rounds; ++i) {
    json document = json::object();
    for (auto members = random.below(6); members > 0; --members) {
      document.set(random.letters(8), random.one_in(2) ? json::from(random.text(10))
                                                       : json::from(decimal::parse(random.decimal_text(30))));
    }
    agree(as_json, kind::json, document, document.text());
    agree(as_json, kind::text, document.text(), document.text());
    agree(as_jsonb, kind::json, document, document.text());
  }
}

TEST_F(value_oracle, enumerations_agree) {
  server->run("CREATE TYPE pg_temp.oracle_level AS ENUM ('low', 'normal', 'high')");
  const auto statement = echo("pg_temp.oracle_level");
  ASSERT_GE(statement.statement.parameters.at(0), first_user_oid);
  const auto as_text = echo("varchar");
  for (const level value : {level::low, level::normal, level::high}) {
    const std::string text(level_table().name_of(static_cast<std::int64_t>(value)));
    agree(statement, level_ops(), value, text);
    agree(statement, kind::text, text, text);
    agree(as_text, level_ops(), value, text);
  }
}

TEST_F(value_oracle, domains_agree) {
  server->run("CREATE DOMAIN pg_temp.oracle_age AS int4; CREATE DOMAIN pg_temp.oracle_moment AS timestamptz; "
              "CREATE DOMAIN pg_temp.oracle_price AS numeric; CREATE DOMAIN pg_temp.oracle_blob AS bytea; "
              "CREATE DOMAIN pg_temp.oracle_flag AS bool; CREATE DOMAIN pg_temp.oracle_size AS float8; "
              "CREATE DOMAIN pg_temp.oracle_key AS uuid; CREATE DOMAIN pg_temp.oracle_day AS date");
  const auto age = echo("pg_temp.oracle_age");
  const auto moment = echo("pg_temp.oracle_moment");
  const auto price = echo("pg_temp.oracle_price");
  const auto blob = echo("pg_temp.oracle_blob");
  const auto size = echo("pg_temp.oracle_size");
  agree(echo("pg_temp.oracle_flag"), kind::boolean, true, "t");
  agree(echo("pg_temp.oracle_key"), kind::uuid, uuid{}, uuid{}.to_string());
  agree(echo("pg_temp.oracle_day"), kind::date, date{19'000}, date{19'000}.to_string());
  for (int i = 0; i < rounds; ++i) {
    const auto number = random.integer<std::int32_t>();
    agree(age, kind::i32, number, digits(number));
    const timestamp time{random.between(timestamp::min_us, timestamp::max_us)};
    agree(moment, kind::timestamp, time, time.to_string());
    const std::string text = random.decimal_text(40);
    agree(price, kind::decimal, decimal::parse(text), text);
    const bytes data = to_bytes(random.text(20));
    agree(blob, kind::bytes, data, "\\x" + to_hex(data));
    const double real = static_cast<double>(random.integer<std::int64_t>()) / 3;
    agree(size, kind::f64, real, digits(real));
  }
}

TEST_F(value_oracle, types_without_a_field_of_their_own_agree_as_text) {
  server->run("CREATE TYPE pg_temp.oracle_pair AS (a int4, b text)");
  spelled("interval", {"00:00:00", "1 year 2 mons 3 days 04:05:06.000007", "-1 days -00:00:01", "-178000000 years"});
  spelled("time", {"00:00:00", "23:59:59.999999", "24:00:00"});
  spelled("timetz", {"00:00:00+00", "23:59:59.999999-15:59"});
  spelled("inet", {"10.0.0.1", "10.0.0.0/8", "2001:db8::1"});
  spelled("cidr", {"10.0.0.0/8", "2001:db8::/32"});
  spelled("macaddr", {"08:00:2b:01:02:03"});
  spelled("bit(5)", {"10101"});
  spelled("varbit", {"", "1", "110011001100110011"});
  spelled("xml", {"<a>1</a>"});
  spelled("money", {"$1,234.56"});
  spelled("point", {"(1,2)"});
  spelled("tsvector", {"'cat':1 'sat':2"});
  spelled("int4range", {"empty", "[1,5)", "(,)"});
  spelled("tstzrange", {"[\"2000-01-01 00:00:00+00\",infinity)"});
  spelled("int4[]", {"{}", "{1,NULL,3}", "{{1,2},{3,4}}"});
  spelled("text[]", {"{a,\"b c\",\"\",\"\\\"\"}"});
  spelled("pg_temp.oracle_pair", {"(1,\"a b\")", "(,)"});
  spelled("date", {"2000-01-01", "infinity", "0044-03-15 BC"});
  spelled("timestamptz", {"2000-01-01 00:00:00+00", "-infinity", "0044-03-15 12:00:00+00 BC"});
  spelled("jsonb", {"{\"a\": 1}"});
}

TEST_F(value_oracle, own_types_agree_whatever_the_column) {
  agree(echo("inet"), colour_ops(), colour{"10.0.0.1"}, "10.0.0.1");
  agree(echo("int4"), colour_ops(), colour{"42"}, "42");
  agree(echo("numeric"), colour_ops(), colour{"1.50"}, "1.50");
  agree(echo("text"), colour_ops(), colour{"red"}, "red");
  agree(echo("interval"), colour_ops(), colour{"1 day"}, "1 day");
}

TEST_F(value_oracle, infinite_times_agree) {
  for (const char* text : {"infinity", "-infinity"}) {
    for (const char* type : {"date", "timestamp", "timestamptz"}) {
      agree(echo(type), ops_of<timestamp>(kind::timestamp), timestamp::parse(text), text);
      agree(echo(type), ops_of<date>(kind::date), date::parse(text), text);
    }
  }
}

TEST_F(value_oracle, times_that_fields_cannot_hold_are_refused) {
  for (const char* text : {"0044-03-15 BC", "10000-01-01"}) {
    for (const char* type : {"date", "timestamp", "timestamptz"}) {
      const auto statement = echo(type);
      const libpq_result as_text = server->execute(statement.statement, {text}, false);
      const libpq_result binary = server->execute(statement.statement, {text}, true);
      for (const kind k : {kind::date, kind::timestamp}) {
        const type_ops ops = ops_of<timestamp>(k);
        statement_plan plan;
        plan.reads = {slot_of(ops)};
        std::int64_t field = 0;
        EXPECT_THROW(decode(plan, as_text, binary, 0, &field), decode_error) << type << " " << text;
      }
    }
  }
}

TEST_F(value_oracle, known_types_have_the_numbers_of_the_server) {
  int known = 0;
  for (const std::string& row : server->texts(
           "SELECT oid || ' ' || typarray || ' ' || CASE typname WHEN 'char' THEN '\"char\"' ELSE typname END "
           "FROM pg_type WHERE oid < 16384")) {
    const std::string number = row.substr(0, row.find(' '));
    const server_type* type = find_server_type(static_cast<std::uint32_t>(std::stoul(number)));
    if (type == nullptr) continue;
    ++known;
    const auto array = static_cast<std::uint32_t>(type->array);
    EXPECT_EQ(row, number + " " + std::to_string(array) + " " + std::string(type->name));
    if (array != 0) EXPECT_EQ(find_element_type(array), type);
  }
  EXPECT_EQ(known, 55);
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
