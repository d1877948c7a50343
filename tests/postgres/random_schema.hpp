// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::postgres {

/// Makes valid schemas of a few tables in which every type, default and condition fits, the same for the same seed.
/// Names come from a small stock, so that two schemas have much in common and one column may have two types.
class random_schema {
public:
  explicit random_schema(std::uint32_t seed) : random_(seed) {}

  schema_definition make() {
    schema_definition schema;
    schema.enums = {{"Kind", {"fine"}}, {"mood", {"fine"}}};
    for (enum_definition& type : schema.enums) {
      if (chance(60)) type.values.insert(type.values.begin(), "bad");
      if (chance(60)) type.values.emplace_back("good");
      if (chance(20)) std::reverse(type.values.begin(), type.values.end());
    }
    for (const char* name : {"alpha", "Beta", "order"}) {
      if (chance(80)) schema.add(table(name));
    }
    for (table_definition& from : schema.tables) {
      for (const table_definition& to : schema.tables) {
        if (chance(35)) add_key(from, to);
      }
    }
    return with_names(schema);
  }

private:
  struct sample {
    column_type type;
    const char* default_sql;
    const char* condition;  ///< behind the column's name
  };

  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }

  sample any() {
    const std::vector<sample> all{
        {type_kind::boolean, "TRUE", " = FALSE"},
        {type_kind::int16, "-3", " >= -7"},
        {type_kind::int32, "0", " IN (0, 1, -2)"},
        {type_kind::int64, "5000000000", " <> 9000000000"},
        {type_kind::float32, "0.5", " < 1e+3"},
        {type_kind::float64, "1.25", " * 2 > 0.5"},
        {type_kind::text, "'it''s'", " LIKE '50\\%%' ESCAPE '\\'"},
        {column_type::varchar(12), "'x'", " IN ('x', 'y')"},
        {type_kind::bytes, "X'00FF'", " <> X'01'"},
        {type_kind::timestamp, "CURRENT_TIMESTAMP", " > '2020-01-01 00:00:00.000000'"},
        {type_kind::date, "'2000-02-29'", " < '2100-01-01'"},
        {type_kind::uuid, "'00000000-0000-0000-0000-0000000000aa'", " <> '00000000-0000-0000-0000-000000000000'"},
        {column_type::decimal(10, 2), "1.50", " <= 99.90"},
        {type_kind::json, "'{\"b\":[1,2],\"a\":null}'", " <> '[]'"},
        {type_kind::time_of_day, "'09:30:00.000000'", " < '18:00:00.500000'"},
        {type_kind::interval, "'P1Y2DT3H'", " > 'PT90M'"},
        {column_type::array_of(type_kind::int32), "'[1, -2, null]'", " <> '{}'"},
        {column_type::array_of(type_kind::text), "'[\"it''s\", \"\", \"a,b\"]'", " <> '{}'"},
        {column_type::array_of(column_type::varchar(12)), "'[]'", " <> '{}'"},
        {column_type::array_of(type_kind::boolean), "'[true,false]'", " <> '{}'"},
        {column_type::array_of(column_type::decimal(10, 2)), "'[1.50]'", " <> '{}'"},
        {column_type::array_of(type_kind::timestamp), nullptr, " <> '{}'"},
        {column_type::native_or_text("inet"), "'10.0.0.1'", " <> '10.0.0.2'"},
        {column_type::native_or_text("int4range"), "'[1,5)'", " <> 'empty'"},
        {column_type::array_of(column_type::native_or_text("macaddr")), "'[]'", " <> '{}'"},
        {column_type::enumeration("mood"), "'fine'", " > 'fine'"},
        {column_type::enumeration("Kind"), "'fine'", " IN ('fine')"},
        {column_type::array_of(column_type::enumeration("mood")), "'[\"fine\"]'", " <> '{}'"},
    };
    return all[below(static_cast<std::uint32_t>(all.size()))];
  }

  table_definition table(const char* name) {
    table_definition t;
    t.name = name;
    t.columns.push_back({"id", type_kind::int64, false, chance(60)});
    for (const char* to : {"one", "two"}) {
      if (chance(70)) t.columns.push_back({to, type_kind::int64, chance(60)});
    }
    t.primary_key.columns = {"id"};
    if (chance(30)) t.comment = chance(50) ? "it's a table" : "another";
    if (chance(40)) {
      column_definition computed{.name = "computed", .type = type_kind::int64, .nullable = chance(50)};
      computed.computed_sql = chance(50) ? "id * 2" : "id + 1";
      if (chance(50)) t.indexes.push_back({.name = "computed_" + t.name, .columns = {{"computed"}}});
      t.columns.push_back(std::move(computed));
    }
    if (t.find_column("one") != nullptr && chance(40)) {
      exclusion_definition exclusion{.name = "apart_" + t.name, .method = "btree", .terms = {{{"one"}, "="}}};
      if (chance(50)) exclusion.where = "id > 0";
      exclusion.deferrable = chance(50);
      t.exclusions.push_back(std::move(exclusion));
    }
    for (const char* column : {"a", "B", "select", "d"}) {
      if (chance(70)) add_column(t, column);
    }
    return t;
  }

  void add_column(table_definition& t, const std::string& name) {
    const sample of = any();
    column_definition column{name, of.type, chance(40)};
    if (of.default_sql != nullptr && chance(50)) column.default_sql = of.default_sql;
    const std::string quoted = "\"" + name + "\"";
    const std::string condition = quoted + of.condition;
    if (chance(40)) t.checks.push_back({chance(30) ? name + "_is_good" : "", condition});
    if (chance(20) && column.nullable) t.checks.push_back({"", quoted + " IS NULL OR NOT (" + condition + ")"});
    if (chance(20)) t.uniques.push_back({"", {name}, chance(30), chance(30)});
    if (chance(20)) column.comment = chance(50) ? "a \\ column" : "another";
    if (chance(40)) {
      index_definition index{"", {{name, chance(40)}}, chance(30)};
      if (chance(40)) index.columns.push_back({"id"});
      if (chance(40)) index.where = condition + " AND id > 0";
      if (chance(20))
        index.columns.push_back({.descending = chance(50), .expression = "coalesce(" + quoted + ", " + quoted + ")"});
      if (chance(20)) index.columns[0].nulls = chance(50) ? index_nulls::first : index_nulls::last;
      if (chance(20) && t.find_column("one") != nullptr) index.include = {"one"};
      t.indexes.push_back(std::move(index));
    }
    t.columns.push_back(std::move(column));
  }

  void add_key(table_definition& from, const table_definition& to) {
    const char* column = chance(50) ? "one" : "two";
    if (from.find_column(column) == nullptr) return;
    foreign_key_definition key{"fk_" + from.name + "_" + to.name, {column}, to.name, {"id"}};
    key.on_delete = static_cast<referential_action>(below(5));
    key.on_update = static_cast<referential_action>(below(5));
    key.deferrable = chance(30);
    from.foreign_keys.push_back(std::move(key));
  }

  std::mt19937 random_;
};

}  // namespace tupelo::postgres
