// SPDX-License-Identifier: Apache-2.0
#include "raw_database.hpp"

#include <gtest/gtest.h>

namespace tupelo::sqlite {
namespace {

const std::vector<column_type>& all_types() {
  static const std::vector<column_type> types{
      type_kind::boolean,  type_kind::int16,          type_kind::int32,
      type_kind::int64,    type_kind::float32,        type_kind::float64,
      type_kind::text,     type_kind::bytes,          type_kind::timestamp,
      type_kind::date,     type_kind::uuid,           type_kind::decimal,
      type_kind::json,     column_type::varchar(160), column_type::decimal(10, 2),
      type_kind::interval, type_kind::time_of_day};
  return types;
}

TEST(sqlite_types, are_read_back_as_they_were_written) {
  for (const column_type& type : all_types()) EXPECT_EQ(parse_type(type_text(type)), type) << type_text(type);
}

TEST(sqlite_types, of_arrays_are_read_back_as_they_were_written) {
  for (const column_type& element : all_types()) {
    const column_type type = column_type::array_of(element);
    EXPECT_EQ(parse_type(type_text(type)), type) << type_text(type);
  }
}

TEST(sqlite_types, of_another_database_are_text) {
  EXPECT_EQ(type_text(column_type::native_or_text("point")), "TEXT");
  EXPECT_EQ(type_text(column_type::array_of(column_type::native_or_text("point"))), "TEXT_ARRAY");
  EXPECT_TRUE(same_column({"a", type_kind::text}, {"a", column_type::native_or_text("point")}));
  EXPECT_FALSE(same_column({"a", type_kind::bytes}, {"a", column_type::native_or_text("point")}));
}

TEST(sqlite_types, of_arrays_and_their_elements_differ) {
  EXPECT_FALSE(same_column({"a", type_kind::json}, {"a", column_type::array_of(type_kind::json)}));
  EXPECT_TRUE(
      same_column({"a", column_type::array_of(type_kind::int32)}, {"a", column_type::array_of(type_kind::int64)}));
}

TEST(sqlite_types, of_other_tools_are_understood) {
  EXPECT_EQ(parse_type("NVARCHAR(160)"), column_type::varchar(160));
  EXPECT_EQ(parse_type("nvarchar ( 160 )"), column_type::varchar(160));
  EXPECT_EQ(parse_type("DATETIME"), column_type(type_kind::timestamp));
  EXPECT_EQ(parse_type("NUMERIC(10,2)"), column_type::decimal(10, 2));
  EXPECT_EQ(parse_type("double   precision"), column_type(type_kind::float64));
  EXPECT_EQ(parse_type("JSON"), column_type(type_kind::json));
  EXPECT_EQ(parse_type("VARCHAR(99999999999999999999)"), column_type(type_kind::text));
}

TEST(sqlite_types, that_are_unknown_keep_their_spelling) {
  EXPECT_EQ(parse_type("GEOMETRY(POINT, 4326)"), column_type::spelled("GEOMETRY(POINT, 4326)"));
}

/// What the driver binds comes back as it was, type included.
void expect_stored_as(const column_type& type, const std::string& literal, const std::string& storage) {
  raw_database db;
  db.run("CREATE TABLE t (a " + type_text(type) + ")");
  db.run("INSERT INTO t VALUES (" + literal + ")");
  EXPECT_EQ(db.value("SELECT typeof(a) FROM t"), storage) << type_text(type);
  if (storage == "text") {
    EXPECT_EQ(sql_text_literal(db.value("SELECT a FROM t")), literal) << type_text(type);
  }
}

TEST(sqlite_types, have_an_affinity_that_keeps_values) {
  expect_stored_as(type_kind::timestamp, "'2026-11-21 09:30:00.000000'", "text");
  expect_stored_as(type_kind::date, "'2026-11-21'", "text");
  expect_stored_as(type_kind::uuid, "'00000000-0000-0000-0000-000000000000'", "text");
  expect_stored_as(type_kind::json, "'1.0'", "text");
  expect_stored_as(type_kind::json, "'12'", "text");
  expect_stored_as(type_kind::time_of_day, "'09:30:00.000000'", "text");
  expect_stored_as(type_kind::interval, "'P1D'", "text");
  expect_stored_as(column_type::native_or_text("bit(4)"), "'0101'", "text");
  for (const column_type& element : all_types()) {
    expect_stored_as(column_type::array_of(element), "'[]'", "text");
    expect_stored_as(column_type::array_of(element), "'[1]'", "text");
  }
  expect_stored_as(type_kind::text, "'007'", "text");
  expect_stored_as(column_type::varchar(8), "'007'", "text");
  expect_stored_as(type_kind::bytes, "x'0102'", "blob");
  expect_stored_as(type_kind::boolean, "1", "integer");
  expect_stored_as(type_kind::int64, "9223372036854775807", "integer");
  expect_stored_as(type_kind::float64, "2", "real");
  expect_stored_as(type_kind::float32, "2", "real");
}

TEST(sqlite_types, decimals_compare_as_numbers) {
  raw_database db;
  db.run("CREATE TABLE t (a " + type_text(column_type::decimal(10, 2)) + ")");
  db.run("INSERT INTO t VALUES ('9.50'), ('10.25')");
  EXPECT_EQ(db.value("SELECT max(a) FROM t"), "10.25");
}

TEST(sqlite_columns, differ_by_storage_not_by_width) {
  column_definition live{.name = "a", .type = column_type::varchar(160)};
  column_definition wanted{.name = "a", .type = type_kind::text};
  EXPECT_TRUE(same_column(live, wanted));
  EXPECT_TRUE(same_column({.name = "a", .type = type_kind::int32}, {.name = "a", .type = type_kind::int64}));
  EXPECT_TRUE(
      same_column({.name = "a", .type = column_type::decimal(10, 2)}, {.name = "a", .type = type_kind::decimal}));
  EXPECT_FALSE(same_column({.name = "a", .type = type_kind::int32}, {.name = "a", .type = type_kind::text}));
  EXPECT_FALSE(same_column({.name = "a", .type = type_kind::text, .nullable = true}, wanted));
  EXPECT_FALSE(same_column({.name = "a", .type = type_kind::text, .default_sql = "'x'"}, wanted));
}

TEST(sqlite_columns, a_row_number_serves_keys_of_either_kind) {
  column_definition live{.name = "id", .type = type_kind::int64, .identity = true};
  EXPECT_TRUE(same_column(live, {.name = "id", .type = type_kind::int32}));
  EXPECT_FALSE(same_column({.name = "id", .type = type_kind::int64}, live));
}

TEST(sqlite_columns, defaults_of_booleans_are_numbers_too) {
  EXPECT_TRUE(same_column({.name = "a", .type = type_kind::boolean, .default_sql = "1"},
                          {.name = "a", .type = type_kind::boolean, .default_sql = "TRUE"}));
}

}  // namespace
}  // namespace tupelo::sqlite
