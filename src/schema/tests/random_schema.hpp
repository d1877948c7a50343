// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::sample {

/// Makes valid schemas of a few tables with everything in them, the same for the same seed. Names come from a small
/// stock, so that two schemas have much in common.
class random_schema {
public:
  explicit random_schema(std::uint32_t seed) : random_(seed) {}

  schema_definition make() {
    schema_definition schema;
    std::vector<std::string> names{"alpha", "beta", "gamma", "delta"};
    for (const std::string& name : names) {
      if (chance(75)) schema.add(table(name));
    }
    // Keys after tables: they may point anywhere, in rings too.
    for (table_definition& from : schema.tables) {
      for (const table_definition& to : schema.tables) {
        if (chance(30)) add_key(from, to);
      }
    }
    return with_names(schema);
  }

private:
  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }

  column_definition column(std::string name) {
    column_definition c;
    c.name = std::move(name);
    switch (below(10)) {
      case 0: c.type = type_kind::int32; break;
      case 1: c.type = type_kind::int64; break;
      case 2: c.type = type_kind::float64; break;
      case 3: c.type = column_type::varchar(10 + below(3)); break;
      case 4: c.type = type_kind::timestamp; break;
      case 5: c.type = column_type::decimal(10, 2); break;
      case 6: c.type = type_kind::time_of_day; break;
      case 7: c.type = type_kind::interval; break;
      case 8: c.type = column_type::array_of(type_kind::text); break;
      default: c.type = type_kind::text; break;
    }
    c.nullable = chance(40);
    if (chance(50) || !c.nullable) c.default_sql = chance(50) ? "1" : "'x'";
    return c;
  }

  table_definition table(const std::string& name) {
    table_definition t;
    t.name = name;
    if (chance(70)) {
      t.columns.push_back({.name = "id", .type = type_kind::int64, .identity = true});
    } else {
      t.columns.push_back({.name = "id", .type = chance(50) ? type_kind::int64 : type_kind::uuid});
    }
    for (const char* column_name : {"a", "b", "c", "d", "e"}) {
      if (chance(65)) t.columns.push_back(column(column_name));
    }
    if (t.columns.size() > 1 && chance(40)) {
      column_definition computed{.name = "computed", .type = type_kind::text, .nullable = true};
      computed.computed_sql = t.columns.back().name + (chance(50) ? " || 'x'" : " || 'y'");
      computed.computed_at_read = chance(50);
      t.columns.push_back(std::move(computed));
    }
    std::shuffle(t.columns.begin(), t.columns.end(), random_);
    t.primary_key.columns = {"id"};
    if (!t.find_column("id")->identity && chance(40)) {
      for (const column_definition& c : t.columns) {
        if (c.name != "id" && !c.nullable && t.primary_key.columns.size() == 1) t.primary_key.columns.push_back(c.name);
      }
    }
    for (const column_definition& c : t.columns) {
      if (chance(25))
        t.checks.push_back({chance(50) ? c.name + "_is_good" : "", c.name + " <> " + std::to_string(100 + below(3))});
      if (chance(20)) t.uniques.push_back({chance(30) ? "once_" + name + c.name : "", {c.name}});
      if (chance(30)) {
        index_definition index;
        index.columns = {{c.name, chance(30)}};
        if (chance(40)) index.columns.push_back({t.columns.front().name, false});
        if (index.columns.size() == 2 && index.columns[1].name == c.name) index.columns.pop_back();
        index.unique = chance(30);
        if (chance(20)) index.columns.push_back({.expression = "lower(" + c.name + ")"});
        if (chance(30)) index.where = c.name + " > 0";
        if (chance(30)) index.name = "by_" + c.name + "_of_" + name;
        t.indexes.push_back(std::move(index));
      }
    }
    return t;
  }

  void add_key(table_definition& from, const table_definition& to) {
    foreign_key_definition key;
    key.references = to.name;
    std::vector<std::vector<std::string>> targets{to.primary_key.columns};
    for (const auto& unique : to.uniques) targets.push_back(unique.columns);
    key.referenced_columns = targets[below(static_cast<std::uint32_t>(targets.size()))];
    for (std::size_t i = 0; i < key.referenced_columns.size(); ++i) {
      if (i >= from.columns.size()) return;
      key.columns.push_back(from.columns[from.columns.size() - 1 - i].name);
    }
    key.name = "fk_" + from.name + "_" + to.name;
    key.on_delete = static_cast<referential_action>(below(5));
    key.on_update = static_cast<referential_action>(below(5));
    key.deferrable = chance(20);
    from.foreign_keys.push_back(std::move(key));
  }

  std::mt19937 random_;
};

}  // namespace tupelo::sample
