// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/moved_column.hpp"

#include "linter.hpp"
#include "source_writer.hpp"

#include "tupelo/schema/generator.hpp"

#include <algorithm>
#include <cstddef>
#include <variant>

namespace tupelo {
namespace {

/// A new column, and whether its table is new, too.
struct arrival {
  std::string table;
  const column_definition* column;
  bool with_table;
};

std::vector<arrival> arrivals(const std::vector<schema_operation>& operations) {
  std::vector<arrival> out;
  for (const schema_operation& operation : operations) {
    if (const auto* add = std::get_if<ddl::add_column>(&operation.data)) {
      if (!add->column.is_computed()) out.push_back({add->table, &add->column, false});
    } else if (const auto* make = std::get_if<ddl::create_table>(&operation.data)) {
      for (const column_definition& column : make->table.columns) {
        if (!column.is_computed() && !column.identity) out.push_back({make->table.name, &column, true});
      }
    }
  }
  return out;
}

/// The foreign key of one table that leads to the other, as it is in the end.
const foreign_key_definition* key_between(const schema_definition& schema, const std::string& table,
                                          const std::string& references) {
  const table_definition* of = schema.find(table);
  if (of == nullptr) return nullptr;
  for (const foreign_key_definition& key : of->foreign_keys) {
    if (key.references == references) return &key;
  }
  return nullptr;
}

/// `a.x = b.y AND …`
std::string joined(const std::string& left, const std::vector<std::string>& columns, const std::string& right,
                   const std::vector<std::string>& others) {
  std::string out;
  for (std::size_t i = 0; i < columns.size() && i < others.size(); ++i) {
    out += (i == 0 ? "" : " AND ") + sql_name(left) + "." + sql_name(columns[i]) + " = " + sql_name(right) + "." +
           sql_name(others[i]);
  }
  return out;
}

std::string column_list(const std::vector<std::string>& columns) {
  std::string out;
  for (const std::string& column : columns) out += (out.empty() ? "" : ", ") + sql_name(column);
  return out;
}

std::string backfill(const moved_column& moved, const column_definition& column, const std::string& value,
                     const std::string& condition) {
  const std::string name = sql_name(moved.column);
  const std::string carried = "(SELECT " + value + " FROM " + sql_name(moved.from) + " WHERE " + condition + ")";
  backfill_step step;
  step.table = moved.to;
  if (column.nullable || !column.default_sql) {
    step.set = name + " = " + carried;
    step.where = name + " IS NULL";
  } else {
    // Its rows have the default, and so have those for which there is nothing to carry over.
    step.set = name + " = coalesce(" + carried + ", " + *column.default_sql + ")";
    step.where = is_constant(*column.default_sql) ? name + " = " + *column.default_sql : "TRUE";
  }
  return backfill_source(step);
}

}  // namespace

std::string moved_column::describe() const { return from + "." + column + " goes and " + to + "." + column + " comes"; }

std::vector<moved_column> moved_columns(const std::vector<schema_operation>& operations,
                                        const schema_definition& before) {
  schema_definition after = before;
  apply_all(operations, after);
  const std::vector<arrival> came = arrivals(operations);
  std::vector<moved_column> out;
  for (const schema_operation& operation : operations) {
    const auto* drop = std::get_if<ddl::drop_column>(&operation.data);
    if (drop == nullptr || drop->column.is_computed()) continue;
    for (const arrival& to : came) {
      if (to.table == drop->table || to.column->name != drop->column.name || to.column->type != drop->column.type) {
        continue;
      }
      moved_column moved;
      moved.from = drop->table;
      moved.to = to.table;
      moved.column = drop->column.name;
      const std::string value = sql_name(moved.from) + "." + sql_name(moved.column);
      if (const auto* key = key_between(after, to.table, drop->table)) {
        if (to.with_table) {
          const std::string column = ", " + sql_name(moved.column);
          const std::string insert = "INSERT INTO " + sql_name(to.table) + " (" + column_list(key->columns) + column +
                                     ") SELECT " + column_list(key->referenced_columns) + column + " FROM " +
                                     sql_name(moved.from);
          moved.fill = "db.execute(" + cpp_literal(insert) + ");";
        } else {
          moved.fill =
              backfill(moved, *to.column, value, joined(moved.from, key->referenced_columns, moved.to, key->columns));
        }
      } else if (const auto* back = key_between(after, drop->table, to.table); back != nullptr && !to.with_table) {
        moved.several = !after.find(drop->table)->is_unique(back->columns);
        moved.fill = backfill(moved, *to.column, moved.several ? "max(" + value + ")" : value,
                              joined(moved.from, back->columns, moved.to, back->referenced_columns));
      } else {
        continue;
      }
      out.push_back(std::move(moved));
      break;
    }
  }
  return out;
}

}  // namespace tupelo
