// SPDX-License-Identifier: Apache-2.0
// Arrays, intervals, times and types of a program's own, written through libpq and read through the codec, and the
// other way round.
#include "value_oracle.hpp"

#include <tupelo/model/field_type.hpp>
#include <tupelo/model/native.hpp>
#include <tupelo/model/range.hpp>
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::driver::postgres::testing {

enum class mood : std::uint8_t { sad, happy };
struct cents {
  std::int64_t count{};
  friend bool operator==(const cents&, const cents&) = default;
};

}  // namespace tupelo::driver::postgres::testing

template <>
struct tupelo::field_traits<tupelo::driver::postgres::testing::cents> {
  using stored = std::int64_t;
  static stored store(const tupelo::driver::postgres::testing::cents& c) { return c.count; }
  static tupelo::driver::postgres::testing::cents load(stored count) { return {count}; }
};

namespace tupelo::driver::postgres::testing {
namespace {

/// `{"a","b\"c",NULL}`.
std::string array_text(const std::vector<std::optional<std::string>>& elements) {
  std::string out = "{";
  for (const auto& element : elements) {
    if (out.size() > 1) out += ',';
    if (!element) {
      out += "NULL";
      continue;
    }
    out += '"';
    for (const char c : *element) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

/// `{{"a","b"},{"c",NULL}}`.
std::string rows_text(const std::vector<std::string>& rows) {
  std::string out = "{";
  for (const std::string& row : rows) out.append(out.size() > 1 ? "," : "").append(row);
  return out + "}";
}

struct array_oracle : value_oracle {
  /// Arrays of what `make` gives: a value, and the text that the server reads it from.
  template <class T, class Make>
  void arrays(const std::string& type, Make make) {
    const auto plain = echo(type + "[]");
    for (int i = 0; i < 60; ++i) {
      std::vector<T> values;
      std::vector<std::optional<T>> optional_values;
      std::vector<std::optional<std::string>> texts, optional_texts;
      for (auto count = random.below(6); count > 0; --count) {
        std::pair<T, std::string> made = make();
        values.push_back(made.first);
        texts.emplace_back(made.second);
        optional_values.emplace_back();
        optional_texts.emplace_back();
        if (random.one_in(2)) continue;
        optional_values.back() = std::move(made.first);
        optional_texts.back() = std::move(made.second);
      }
      agree(plain, tupelo::detail::ops_of<std::vector<T>>, values, array_text(texts));
      agree(plain, tupelo::detail::ops_of<std::vector<std::optional<T>>>, optional_values, array_text(optional_texts));
    }
    for (int i = 0; i < 20; ++i) rows_of<T>(plain, make, 1 + random.below(3), 1 + random.below(3), 1 + random.below(3));
  }
  /// Arrays of two and of three dimensions.
  template <class T, class Make>
  void rows_of(const echo_statement& echo, Make make, std::uint64_t blocks, std::uint64_t rows, std::uint64_t columns) {
    std::vector<std::vector<std::vector<std::optional<T>>>> cube;
    std::vector<std::string> cube_texts;
    for (; blocks > 0; --blocks) {
      std::vector<std::vector<T>> grid(rows);
      auto& holed = cube.emplace_back(rows);
      std::vector<std::string> texts, holed_texts;
      for (std::uint64_t row = 0; row < rows; ++row) {
        std::vector<std::optional<std::string>> line, holed_line;
        for (std::uint64_t column = 0; column < columns; ++column) {
          std::pair<T, std::string> made = make();
          grid[row].push_back(made.first);
          line.emplace_back(made.second);
          const bool null = random.one_in(3);
          holed[row].push_back(null ? std::nullopt : std::optional(std::move(made.first)));
          holed_line.push_back(null ? std::nullopt : std::optional(std::move(made.second)));
        }
        texts.push_back(array_text(line));
        holed_texts.push_back(array_text(holed_line));
      }
      cube_texts.push_back(rows_text(holed_texts));
      agree(echo, tupelo::detail::ops_of<decltype(grid)>, grid, rows_text(texts));
    }
    agree(echo, tupelo::detail::ops_of<decltype(cube)>, cube, rows_text(cube_texts));
  }
  template <class Integer>
  void integer_arrays(const std::string& type) {
    arrays<Integer>(type, [&] {
      const auto value = random.integer<Integer>();
      return std::pair(value, std::to_string(value));
    });
  }

  /// What the server gives for an expression, read into a field of type T.
  template <class T>
  T read(const std::string& expression) {
    const libpq_statement statement = server->prepare("SELECT " + expression);
    statement_plan plan;
    plan.reads = {slot_of(tupelo::detail::ops_of<T>)};
    T value{};
    decode(plan, server->execute(statement, {}, false), server->execute(statement, {}, true), 0, &value);
    return value;
  }
};

TEST_F(array_oracle, arrays_of_integers_agree) {
  integer_arrays<std::int16_t>("int2");
  integer_arrays<std::int8_t>("int2");
  integer_arrays<std::int32_t>("int4");
  integer_arrays<std::int64_t>("int8");
  integer_arrays<std::uint16_t>("int4");
  integer_arrays<std::uint32_t>("oid");
  integer_arrays<std::uint64_t>("numeric");
}

TEST_F(array_oracle, arrays_of_truth_values_agree) {
  arrays<bool>("bool", [&] {
    const bool value = random.one_in(2);
    return std::pair(value, std::string(value ? "t" : "f"));
  });
}

TEST_F(array_oracle, arrays_of_real_numbers_agree) {
  arrays<double>("float8", [&] {
    const double value = static_cast<double>(random.integer<std::int64_t>()) / 3;
    return std::pair(value, digits(value));
  });
  arrays<float>("float4", [&] {
    const float value = static_cast<float>(random.integer<std::int32_t>()) / 7;
    return std::pair(value, digits(value));
  });
}

TEST_F(array_oracle, arrays_of_decimals_agree) {
  arrays<decimal>("numeric", [&] {
    const std::string text = random.decimal_text(40);
    return std::pair(decimal::parse(text), text);
  });
}

TEST_F(array_oracle, arrays_of_text_agree) {
  for (const char* type : {"text", "varchar", "bpchar"}) {
    arrays<std::string>(type, [&] {
      const std::string text = random.text(12);
      return std::pair(text, text);
    });
  }
  arrays<std::string>("text", [&] {
    const std::string text = random.one_in(2) ? "NULL" : random.one_in(2) ? "" : "{,}\"\\ ";
    return std::pair(text, text);
  });
}

TEST_F(array_oracle, arrays_of_bytes_agree) {
  arrays<bytes>("bytea", [&] {
    const bytes data = to_bytes(random.text(12));
    return std::pair(data, "\\x" + to_hex(data));
  });
}

TEST_F(array_oracle, arrays_of_moments_agree) {
  arrays<timestamp>("timestamptz", [&] {
    const timestamp value{random.between(timestamp::min_us, timestamp::max_us)};
    return std::pair(value, value.to_string());
  });
  arrays<date>("date", [&] {
    const date value{static_cast<std::int32_t>(random.between(date::min_days, date::max_days))};
    return std::pair(value, value.to_string());
  });
  arrays<time_of_day>("time", [&] {
    const time_of_day value{random.between(0, time_of_day::max_us)};
    return std::pair(value, value.to_string());
  });
}

TEST_F(array_oracle, arrays_of_uuids_agree) {
  arrays<uuid>("uuid", [&] {
    uuid value;
    for (auto& byte : value.bytes) byte = static_cast<std::uint8_t>(random.bits());
    return std::pair(value, value.to_string());
  });
}

TEST_F(array_oracle, arrays_of_documents_agree) {
  for (const char* type : {"json", "jsonb"}) {
    arrays<json>(type, [&] {
      const json value = json::object().set("k", random.text(5)).set("n", random.integer<std::int64_t>());
      return std::pair(value, value.text());
    });
  }
}

TEST_F(array_oracle, arrays_of_enumerations_agree) {
  server->run("CREATE TYPE pg_temp.oracle_mood AS ENUM ('sad', 'happy')");
  for (const char* type : {"pg_temp.oracle_mood", "text"}) {
    arrays<mood>(type, [&] {
      const bool happy = random.one_in(2);
      return std::pair(happy ? mood::happy : mood::sad, std::string(happy ? "happy" : "sad"));
    });
  }
}

TEST_F(array_oracle, arrays_of_domains_agree) {
  server->run("CREATE DOMAIN pg_temp.oracle_count AS int4; CREATE DOMAIN pg_temp.oracle_ratio AS float8; "
              "CREATE DOMAIN pg_temp.oracle_flag2 AS bool; CREATE DOMAIN pg_temp.oracle_raw AS bytea");
  integer_arrays<std::int32_t>("pg_temp.oracle_count");
  arrays<double>("pg_temp.oracle_ratio", [&] {
    const double value = static_cast<double>(random.integer<std::int64_t>()) / 3;
    return std::pair(value, digits(value));
  });
  arrays<bool>("pg_temp.oracle_flag2", [&] {
    const bool value = random.one_in(2);
    return std::pair(value, std::string(value ? "t" : "f"));
  });
  arrays<bytes>("pg_temp.oracle_raw", [&] {
    const bytes data = to_bytes(random.text(12));
    return std::pair(data, "\\x" + to_hex(data));
  });
}

TEST_F(array_oracle, arrays_of_own_types_agree) {
  arrays<cents>("int8", [&] {
    const cents value{random.integer<std::int64_t>()};
    return std::pair(value, std::to_string(value.count));
  });
  arrays<native<"inet">>("inet", [&] {
    const std::string text = "10.0.0." + std::to_string(random.below(256));
    return std::pair(native<"inet">{text}, text);
  });
  arrays<native<"point">>("point", [&] {
    const std::string text = "(" + std::to_string(random.below(9)) + "," + std::to_string(random.below(9)) + ")";
    return std::pair(native<"point">{text}, text);
  });
}

TEST_F(array_oracle, arrays_are_read_into_wider_elements) {
  EXPECT_EQ(read<std::vector<std::int64_t>>("'{1,2}'::int2[]"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(read<std::vector<double>>("'{1.5,2}'::float4[]"), (std::vector<double>{1.5, 2}));
  EXPECT_THROW(read<std::vector<std::int16_t>>("'{1,70000}'::int4[]"), decode_error);
  EXPECT_THROW(read<std::vector<std::int64_t>>("'{1,NULL}'::int2[]"), decode_error);
}

TEST_F(array_oracle, arrays_of_any_type_are_read_into_text_elements) {
  using texts = std::vector<std::string>;
  EXPECT_EQ(read<texts>("'{2000-01-01}'::date[]"), texts{"2000-01-01"});
  EXPECT_EQ(read<texts>("'{1.2.3.4}'::inet[]"), texts{"1.2.3.4"});
  EXPECT_EQ(read<texts>("ARRAY['{\"a\": 1}'::jsonb]"), texts{"{\"a\": 1}"});
  EXPECT_EQ(read<texts>("ARRAY[int4range(1,5)]"), texts{"[1,5)"});
}

TEST_F(array_oracle, arrays_may_begin_at_any_number) {
  EXPECT_EQ(read<std::vector<std::int32_t>>("'[5:7]={1,2,3}'::int4[]"), (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(read<std::vector<std::string>>("'[-1:0]={1.1.1.1,2.2.2.2}'::inet[]"),
            (std::vector<std::string>{"1.1.1.1", "2.2.2.2"}));
}

TEST_F(array_oracle, arrays_of_rows_may_begin_at_any_number_and_have_none) {
  using rows = std::vector<std::vector<std::int32_t>>;
  EXPECT_EQ(read<rows>("'[5:6][0:1]={{1,2},{3,4}}'::int4[]"), (rows{{1, 2}, {3, 4}}));
  EXPECT_EQ(read<rows>("'{}'::int4[]"), rows{});
  agree(echo("int4[]"), tupelo::detail::ops_of<rows>, rows{}, "{}");
}

TEST_F(array_oracle, arrays_of_other_dimensions_than_their_field_are_refused) {
  for (const char* array : {"'{a,b}'::text[]", "'{1.1.1.1}'::inet[]", "'{{{a}}}'::text[]"}) {
    try {
      read<std::vector<std::vector<std::string>>>(array);
      ADD_FAILURE() << array;
    } catch (const decode_error& e) {
      EXPECT_EQ(e.code(), errc::type_mismatch) << e.what();
      EXPECT_TRUE(says(e, "dimension")) << e.what();
    }
  }
}

TEST_F(array_oracle, arrays_of_two_dimensions_are_refused_by_fields_of_one) {
  for (const char* array : {"'{{a,b},{c,d}}'::text[]", "'{{1.1.1.1},{2.2.2.2}}'::inet[]"}) {
    try {
      read<std::vector<std::string>>(array);
      ADD_FAILURE() << array;
    } catch (const decode_error& e) {
      EXPECT_EQ(e.code(), errc::type_mismatch) << e.what();
      EXPECT_TRUE(says(e, "dimension")) << e.what();
    }
  }
}

TEST_F(array_oracle, intervals_agree) {
  const auto statement = echo("interval");
  const type_ops& ops = tupelo::detail::ops_of<interval>;
  for (const interval& span : {interval{}, interval{14, -3, 14'706'500'000}, interval{-1, 0, -1}, interval{0, 1, 0}})
    agree(statement, ops, span, span.to_string());
  for (int i = 0; i < rounds; ++i) {
    const interval span{static_cast<std::int32_t>(random.between(-2'000'000, 2'000'000)),
                        random.integer<std::int32_t>(), random.integer<std::int64_t>() / 2};
    agree(statement, ops, span, span.to_string());
  }
}

TEST_F(array_oracle, intervals_are_read_in_every_style_of_the_server) {
  for (const char* style : {"postgres", "postgres_verbose", "iso_8601"}) {
    server->run("SET IntervalStyle = '" + std::string(style) + "'");
    for (int i = 0; i < rounds; ++i) {
      const interval span{static_cast<std::int32_t>(random.between(-200, 200)),
                          static_cast<std::int32_t>(random.between(-200, 200)),
                          random.one_in(2) ? random.integer<std::int32_t>() : random.integer<std::int64_t>() / 2};
      const std::string text = server->texts("SELECT '" + span.to_string() + "'::interval").at(0);
      ASSERT_EQ(interval::try_parse(text), span) << text;
    }
  }
}

TEST_F(array_oracle, durations_agree) {
  const auto statement = echo("interval");
  for (int i = 0; i < rounds; ++i) {
    const std::chrono::milliseconds span(random.integer<std::int32_t>());
    agree(statement, tupelo::detail::ops_of<std::chrono::milliseconds>, span, interval::from(span).to_string());
  }
}

TEST_F(array_oracle, times_of_day_agree) {
  const auto statement = echo("time");
  const auto as_text = echo("text");
  const type_ops& ops = tupelo::detail::ops_of<time_of_day>;
  for (const std::int64_t us : {std::int64_t{0}, time_of_day::max_us})
    agree(statement, ops, time_of_day{us}, time_of_day{us}.to_string());
  for (int i = 0; i < rounds; ++i) {
    const time_of_day time{random.between(0, time_of_day::max_us)};
    agree(statement, ops, time, time.to_string());
    agree(as_text, ops, time, time.to_string());
  }
}

TEST_F(array_oracle, times_with_a_zone_are_no_times_of_day) {
  EXPECT_THROW(read<time_of_day>("'12:00+02'::timetz"), decode_error);
  EXPECT_EQ(read<std::string>("'12:00+02'::timetz"), "12:00:00+02");
  EXPECT_EQ(read<native<"timetz">>("'12:00+02'::timetz").text, "12:00:00+02");
}

TEST_F(array_oracle, ranges_agree) {
  const auto ints = echo("int4range");
  const auto moments = echo("tstzrange");
  const auto numbers = echo("numrange");
  for (int i = 0; i < rounds; ++i) {
    const auto low = static_cast<std::int32_t>(random.between(-1000, 1000));
    const range<std::int32_t> some(low, low + static_cast<std::int32_t>(random.below(5)), range_bounds::closed);
    std::string text;
    field_traits<range<std::int32_t>>::to_text(some, text);
    agree(ints, tupelo::detail::ops_of<range<std::int32_t>>, some, text);

    const timestamp from{random.between(timestamp::min_us, 0)};
    const range<timestamp> during(from, timestamp{random.between(1, timestamp::max_us)}, range_bounds::open_closed);
    field_traits<range<timestamp>>::to_text(during, text);
    agree(moments, tupelo::detail::ops_of<range<timestamp>>, during, text);

    const range<decimal> price(decimal::parse("1.5"), std::nullopt,
                               random.one_in(2) ? range_bounds::open : range_bounds::closed);
    field_traits<range<decimal>>::to_text(price, text);
    agree(numbers, tupelo::detail::ops_of<range<decimal>>, price, text);
  }
  agree(ints, tupelo::detail::ops_of<range<std::int32_t>>, range<std::int32_t>(), "empty");
}

TEST_F(array_oracle, values_that_only_the_server_knows_agree) {
  const auto value = [&]<class T>(const T& own) {
    agree(echo(std::string(T::type_name)), tupelo::detail::ops_of<T>, own, own.text);
  };
  value(native<"inet">{"10.0.0.1"});
  value(native<"cidr">{"2001:db8::/32"});
  value(native<"macaddr">{"08:00:2b:01:02:03"});
  value(native<"bit(5)">{"10101"});
  value(native<"varbit">{"110"});
  value(native<"xml">{"<a>1</a>"});
  value(native<"money">{"$1,234.56"});
  value(native<"tsvector">{"'cat':1 'sat':2"});
  value(native<"int4multirange">{"{[1,3),[5,7)}"});
  value(native<"timetz">{"12:00:00+02"});
  value(native<"numeric">{"1.50"});
}

TEST_F(array_oracle, fields_of_another_type_name_the_servers) {
  try {
    read<std::vector<std::int32_t>>("'{a}'::text[]");
    ADD_FAILURE();
  } catch (const decode_error& e) {
    EXPECT_TRUE(says(e, "text[]") && says(e, "array of int32")) << e.what();
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
