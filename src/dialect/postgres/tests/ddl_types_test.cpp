// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/ddl.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo::postgres {
namespace {

column_definition column(column_type type, std::optional<std::string> default_sql = {}) {
  return {"c", std::move(type), false, false, std::move(default_sql)};
}

TEST(postgres_types, every_kind_is_read_as_it_is_written) {
  for (type_kind kind :
       {type_kind::boolean, type_kind::int16, type_kind::int32, type_kind::int64, type_kind::float32,
        type_kind::float64, type_kind::text, type_kind::bytes, type_kind::timestamp, type_kind::date, type_kind::uuid,
        type_kind::decimal, type_kind::json, type_kind::time_of_day, type_kind::interval}) {
    EXPECT_EQ(parse_type(type_text(kind)), column_type(kind)) << name_of(kind);
    const column_type array = column_type::array_of(kind);
    EXPECT_EQ(parse_type(type_text(array)), array) << name_of(kind);
  }
  EXPECT_EQ(parse_type(type_text(column_type::varchar(160))), column_type::varchar(160));
  EXPECT_EQ(parse_type(type_text(column_type::decimal(10, 2))), column_type::decimal(10, 2));
}
TEST(postgres_types, the_servers_own_spellings_are_known) {
  EXPECT_EQ(parse_type("character varying(160)"), column_type::varchar(160));
  EXPECT_EQ(parse_type("timestamp with time zone"), column_type(type_kind::timestamp));
  EXPECT_EQ(parse_type("numeric(10,2)"), column_type::decimal(10, 2));
}
TEST(postgres_types, others_stay_as_they_are_spelled) {
  for (const char* spelled :
       {"timestamp without time zone", "inet[]", "citext", "character(3)", "tsvector", "timestamp(3) with time zone",
        "time(3) without time zone", "interval day to second", "\"Mood\"", "\"Mood\"[]"}) {
    EXPECT_EQ(parse_type(spelled), column_type::spelled(spelled));
  }
}

TEST(postgres_same_column, widths_and_lengths_count) {
  EXPECT_FALSE(same_column(column(type_kind::int32), column(type_kind::int64)));
  EXPECT_FALSE(same_column(column(column_type::varchar(3)), column(type_kind::text)));
}
TEST(postgres_same_column, native_spellings_of_one_type_are_the_same) {
  for (const auto& [live, wanted] :
       {std::pair{"timestamp without time zone", "TIMESTAMP"},
        std::pair{"timestamp(3) without time zone", "timestamp(3)"}, std::pair{"integer[]", "INT[]"},
        std::pair{"character varying(3)[]", "varchar(3)[]"}, std::pair{"citext", "CITEXT"},
        std::pair{"character(3)", "char(3)"}}) {
    EXPECT_TRUE(same_column(column(parse_type(live)), column(column_type::spelled(wanted)))) << live;
  }
  EXPECT_TRUE(same_column(column(type_kind::int64), column(column_type::spelled("int8"))));
}
TEST(postgres_same_column, defaults_are_the_same_whatever_the_server_adds) {
  EXPECT_TRUE(same_column(column(type_kind::text, "'it''s'::text"), column(type_kind::text, "'it''s'")));
  EXPECT_TRUE(same_column(column(type_kind::int32, "'-1'::integer"), column(type_kind::int32, "-1")));
  EXPECT_TRUE(same_column(column(type_kind::decimal, "1.50"), column(type_kind::decimal, "1.5")));
  EXPECT_TRUE(same_column(column(type_kind::float64, "'1e+20'::double precision"), column(type_kind::float64, "1e20")));
  EXPECT_TRUE(same_column(column(type_kind::boolean, "true"), column(type_kind::boolean, "TRUE")));
  EXPECT_TRUE(same_column(column(type_kind::boolean, "false"), column(type_kind::boolean, "0")));
  EXPECT_TRUE(same_column(column(type_kind::timestamp, "now()"), column(type_kind::timestamp, "CURRENT_TIMESTAMP")));
  EXPECT_TRUE(same_column(column(type_kind::timestamp, "'2020-01-01 09:30:00+09:30'::timestamp with time zone"),
                          column(type_kind::timestamp, "'2020-01-01 00:00:00.000000'")));
  EXPECT_TRUE(same_column(column(type_kind::json, R"('{"b": [1, 2], "aa": "x"}'::jsonb)"),
                          column(type_kind::json, R"('{"aa":"x","b":[1,2]}')")));
  EXPECT_TRUE(same_column(column(type_kind::text), column(type_kind::text, "NULL")));
}
TEST(postgres_same_column, defaults_of_arrays_are_compared_element_by_element) {
  const auto array = [](type_kind kind, std::string_view sql) {
    return column(column_type::array_of(kind), std::string(sql));
  };
  const auto same = [&](type_kind kind, std::string_view live, std::string_view wanted) {
    return same_column(array(kind, live), array(kind, wanted));
  };
  EXPECT_TRUE(same(type_kind::text, R"('{a,"b c",NULL}'::text[])", R"('["a","b c",null]')"));
  EXPECT_TRUE(same(type_kind::int32, "'{}'::integer[]", "'[]'"));
  EXPECT_TRUE(same(type_kind::int32, "'{{1,2},{3,4}}'::integer[]", "'[[1,2],[3,4]]'"));
  EXPECT_TRUE(same(type_kind::int32, "ARRAY[ARRAY[1, 2], ARRAY[3, 4]]", "'[[1,2],[3,4]]'"));
  EXPECT_TRUE(same(type_kind::bytes, R"('{{"\\x017a"}}'::bytea[])", "'[[\"017a\"]]'"));
  EXPECT_TRUE(same(type_kind::json, R"('{"[1, 2]"}'::jsonb[])", "'[[1,2]]'")) << "a document";
  EXPECT_FALSE(same(type_kind::int32, "'{{1,2},{3,4}}'::integer[]", "'[[1,2,3,4]]'"));
  EXPECT_FALSE(same(type_kind::int32, "'{{1,2},{3,4}}'::integer[]", "'[1,2,3,4]'"));
}
TEST(postgres_same_column, other_defaults_are_not) {
  EXPECT_FALSE(same_column(column(type_kind::text, "'a'::text"), column(type_kind::text, "'A'")));
  EXPECT_FALSE(same_column(column(type_kind::int32, "0"), column(type_kind::int32)));
  EXPECT_FALSE(same_column(column(type_kind::boolean, "true"), column(type_kind::boolean, "FALSE")));
}

TEST(postgres_same_expression, knows_the_servers_words) {
  for (const auto& [live, wanted] : {
           std::pair{"((age >= 0) AND (age < 200))", "age >= 0 AND age < 200"},
           std::pair{"(((a = 1) AND (b = 2)) AND (c = 3))", "a = 1 AND b = 2 AND c = 3"},
           std::pair{"((role)::text = ANY ((ARRAY['a'::character varying, 'b]'::character varying])::text[]))",
                     "role IN ('a', 'b]')"},
           std::pair{"(NOT (n = ANY (ARRAY[1, '-2'::integer])))", "n NOT IN (1, -2)"},
           std::pair{"(n <> ALL (ARRAY[1, 2]))", "NOT (n IN (1, 2))"},
           std::pair{"(n = 1)", "n IN (1)"},
           std::pair{"(name ~~ like_escape('50\\%%'::text, '\\'::text))", "name LIKE '50\\%%' ESCAPE '\\'"},
           std::pair{"(name !~~ 'a%'::text)", "NOT (name LIKE 'a%' ESCAPE '\\')"},
           std::pair{"((price)::numeric > (0)::numeric)", "price > 0.00"},
           std::pair{"(score > (0.5)::double precision)", "score > .5"},
           std::pair{"(lower((name)::text) <> COALESCE(other, ''::text))", "lower(name) <> coalesce(other, '')"},
           std::pair{"((a + b) > (c * 2))", "(a + b) > (c * 2)"},
           std::pair{"(seen > '2020-01-01 01:00:00+01'::timestamp with time zone)",
                     "seen > '2020-01-01 00:00:00.000000'"},
           std::pair{"(\"Total\" IS NOT NULL)", "Total IS NOT NULL"},
           std::pair{"(data <> '\\x00ff'::bytea)", "data <> X'00FF'"},
           std::pair{"((n >= 1) AND (n <= 5))", "n BETWEEN 1 AND 5"},
           std::pair{"(active AND (1 = 0))", "active AND 1 = 0"},
           std::pair{"(length((name)::text) > 3)", "CAST(length(name) AS bigint) > 3"},
           std::pair{"(TRIM(BOTH FROM a) <> ''::text)", "trim(a) <> ''"},
           std::pair{"(TRIM(BOTH 'x'::text FROM (a)::text) <> ''::text)", "trim(a, 'x') <> ''"},
           std::pair{"(POSITION(('x'::text) IN (a)) > 0)", "position('x' in a) > 0"},
           std::pair{"CASE WHEN (v = ANY (ARRAY[1, 2])) THEN (0)::double precision ELSE (v)::double precision END",
                     "CASE WHEN v IN (1, 2) THEN 0 ELSE v END"},
           std::pair{"CASE WHEN (v = ANY (ARRAY[1, 2])) THEN 'a'::\"Role\" ELSE 'b'::app.\"Role\" END",
                     "CASE WHEN v IN (1, 2) THEN 'a' ELSE 'b' END"},
           std::pair{"((a)::character varying(10) = ANY (ARRAY['x'::character varying]))", "a IN ('x')"},
       }) {
    EXPECT_TRUE(same_expression(live, wanted)) << live << " / " << wanted;
  }
}
TEST(postgres_same_expression, tells_meanings_apart) {
  for (const auto& [live, wanted] :
       {std::pair{"((a AND b) OR c)", "a AND (b OR c)"}, std::pair{"(a > 1)", "a > 10"},
        std::pair{"(a = 'x'::text)", "a = 'X'"}, std::pair{"((a - b) - c)", "a - (b - c)"},
        std::pair{"(a = ANY (ARRAY[1, 2]))", "a IN (1, 3)"}, std::pair{"(NOT (a OR b))", "NOT a OR b"}}) {
    EXPECT_FALSE(same_expression(live, wanted)) << live << " / " << wanted;
  }
}
TEST(postgres_same_expression, compares_what_it_cannot_read_by_its_tokens) {
  EXPECT_TRUE(
      same_expression("CASE WHEN (a > 1) THEN true ELSE false END", "case when a > 1 then TRUE else FALSE end"));
  EXPECT_TRUE(same_expression("((tags)[1] = (0)::double precision)", "tags[1] = 0"));
  EXPECT_TRUE(same_expression("((tags)[1] = ('a'::character varying(3))::text)", "tags[1] = 'a'"));
  EXPECT_TRUE(same_expression("((tags)[1] < (seen)::timestamp(3) without time zone)", "tags[1] < seen"));
  EXPECT_TRUE(same_expression("((tags)[1] = ANY ((x)::pg_catalog.int4[]))", "tags[1] = ANY (x)"));
  EXPECT_FALSE(same_expression("((tags)[1] = (a)::double precision)", "tags[1] = b"));
  EXPECT_FALSE(same_expression("CASE WHEN (a > 1) THEN true END", "case when a > 2 then TRUE end"));
}

}  // namespace
}  // namespace tupelo::postgres
