// SPDX-License-Identifier: Apache-2.0
// What works and is regretted later: said of what a migration makes, with the schema that it leaves.
#include "linter.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>

namespace tupelo {
namespace {

constexpr std::size_t longest_name = 63;
constexpr std::size_t widest_index = 3;

std::string dotted(const std::string& table, const std::string& part) { return table + "." + part; }

bool is_plain(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return std::all_of(name.begin(), name.end(), plain) && !name.empty() && (name[0] < '0' || name[0] > '9');
}

/// The native type without its length: "char(2)" → "char".
std::string native_name(const column_type& type) {
  if (type.kind != type_kind::native) return {};
  std::string name = type.native.substr(0, type.native.find('('));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  while (name.ends_with(' ')) name.pop_back();
  return name;
}

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> plain_columns(const index_definition& index) {
  std::vector<std::string> columns;
  for (const index_column& column : index.columns) {
    if (column.is_expression()) return {};
    columns.push_back(column.name);
  }
  return columns;
}

bool begins_with(const std::vector<std::string>& all, const std::vector<std::string>& first) {
  return all.size() >= first.size() && std::equal(first.begin(), first.end(), all.begin());
}

/// An index that sorts all rows by columns, in their usual order.
bool is_simple(const index_definition& index) {
  const bool usual = std::none_of(index.columns.begin(), index.columns.end(), [](const index_column& c) {
    return c.is_expression() || c.descending || c.nulls != index_nulls::smallest || !c.operator_class.empty();
  });
  return usual && index.where.empty() && index.method.empty() && !index.is_search() && index.include.empty();
}

/// Columns of everything that finds rows by them in this order.
std::vector<std::vector<std::string>> sorted_by(const table_definition& table, const std::string& but_index) {
  std::vector<std::vector<std::string>> all;
  if (!table.primary_key.columns.empty()) all.push_back(table.primary_key.columns);
  for (const key_definition& unique : table.uniques) all.push_back(unique.columns);
  for (const index_definition& index : table.indexes) {
    if (index.name != but_index && is_simple(index)) all.push_back(plain_columns(index));
  }
  return all;
}

bool is_small(const column_definition* column) {
  return column != nullptr && (column->type.is(type_kind::int16) || column->type.is(type_kind::int32));
}

/// What a value takes, and what its place is a multiple of; 0: that depends on the value.
/// Source: https://www.postgresql.org/docs/current/catalog-pg-type.html (typlen, typalign)
struct extent {
  std::size_t size = 0;
  std::size_t alignment = 1;
};
extent extent_of(const column_type& type) {
  if (type.array) return {};
  switch (type.kind) {
    case type_kind::boolean: return {1, 1};
    case type_kind::int16: return {2, 2};
    case type_kind::int32:
    case type_kind::float32:
    case type_kind::date:
    case type_kind::enumeration: return {4, 4};
    case type_kind::int64:
    case type_kind::float64:
    case type_kind::timestamp:
    case type_kind::time_of_day: return {8, 8};
    case type_kind::uuid: return {16, 1};
    case type_kind::interval: return {16, 8};
    default: return {};
  }
}

std::size_t bytes_of(const std::vector<extent>& values) {
  constexpr std::size_t row_alignment = 8;
  const auto aligned = [](std::size_t at, std::size_t to) { return (at + to - 1) / to * to; };
  std::size_t end = 0;
  for (const extent& value : values) end = aligned(end, value.alignment) + value.size;
  return aligned(end, row_alignment);
}

/// Whether the columns of fixed width would take less in another order: those before the first text or the like, behind
/// which nobody knows where a value begins.
bool wastes_bytes(const table_definition& table) {
  std::vector<extent> values;
  for (const column_definition& column : table.columns) {
    if (column.is_computed() && column.computed_at_read) continue;
    const extent one = extent_of(column.type);
    if (one.size == 0) break;
    values.push_back(one);
  }
  const std::size_t as_written = bytes_of(values);
  std::stable_sort(values.begin(), values.end(),
                   [](const extent& a, const extent& b) { return a.alignment > b.alignment; });
  return bytes_of(values) < as_written;
}

}  // namespace

void linter::design_of_name(std::string_view name, const std::string& subject, const std::string& what) {
  if (name.size() > longest_name) report("long-name", subject, what);
  if (!is_plain(name)) report("quoted-name", subject, what);
  if (is_sql_keyword(name)) report("reserved-name", subject, what);
}

void linter::design_of(const table_definition& table, const column_definition& column, const std::string& what) {
  const std::string subject = dotted(table.name, column.name);
  design_of_name(column.name, subject, what);
  if (column.identity && is_small(&column)) report("small-key", subject, what);
  if (column.type.is(type_kind::text) && column.type.length != 0) report("limited-text", subject, what);
  const std::string native = native_name(column.type);
  if (native == "json") report("json-without-b", subject, what);
  if (native == "money") report("money-type", subject, what);
  if (is_one_of(native, {"char", "character", "bpchar", "nchar"})) report("padded-text", subject, what);
  if (is_one_of(native, {"varchar", "character varying"})) report("limited-text", subject, what);
  if (is_one_of(native, {"serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"})) {
    report("serial-column", subject, what);
  }
  if (is_one_of(native, {"timestamp", "timestamp without time zone"})) report("time-without-zone", subject, what);
}

void linter::design_of_unique(const table_definition& table, const std::vector<std::string>& columns, bool nulls_alike,
                              const std::string& subject, const std::string& what) {
  if (nulls_alike) return;
  for (const std::string& name : columns) {
    const column_definition* column = table.find_column(name);
    if (column == nullptr || !column->nullable) continue;
    report("nullable-unique", subject, what);
    return;
  }
}

void linter::design_of(const table_definition& table, const index_definition& index, const std::string& what) {
  const std::vector<std::string> columns = plain_columns(index);
  if (!index.unique && !index.is_search() && index.columns.size() > widest_index) {
    report("wide-index", index.name, what);
  }
  if (index.unique && index.where.empty()) {
    design_of_unique(table, columns, index.nulls_not_distinct, index.name, what);
  }
  if (!index.unique && !columns.empty() && is_simple(index)) {
    for (const std::vector<std::string>& other : sorted_by(table, index.name)) {
      if (!begins_with(other, columns)) continue;
      report("redundant-index", index.name, what);
      break;
    }
  }
}

void linter::design_of(const table_definition& table, const foreign_key_definition& key, const std::string& what) {
  for (const std::string& name : key.columns) {
    if (is_small(table.find_column(name))) report("small-key", dotted(table.name, name), what);
  }
  for (const std::vector<std::string>& sorted : sorted_by(table, {})) {
    if (sorted.size() < key.columns.size()) continue;
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(key.columns.size());
    if (std::is_permutation(sorted.begin(), end, key.columns.begin())) return;
  }
  report("unindexed-foreign-key", dotted(table.name, key.columns.empty() ? key.name : key.columns.front()), what);
}

void linter::design(const schema_operation& operation, const schema_definition& after, const std::string& what) {
  policy_of(operation, what);
  const auto& data = operation.data;
  if (const auto* type = std::get_if<ddl::create_enum>(&data))
    return design_of_name(type->type.name, type->type.name, what);
  if (const auto* type = std::get_if<ddl::create_composite>(&data)) {
    return design_of_name(type->type.name, type->type.name, what);
  }
  const auto* rename = std::get_if<ddl::rename_table>(&data);
  const table_definition* table = after.find(rename != nullptr ? rename->to : operation.table());
  if (table == nullptr) return;
  if (std::holds_alternative<ddl::create_table>(data)) {
    design_of_name(table->name, table->name, what);
    if (table->primary_key.columns.empty()) report("no-primary-key", table->name, what);
    const table_definition& made = std::get<ddl::create_table>(data).table;
    if (wastes_bytes(made)) report("column-order", table->name, what);
    for (const column_definition& column : made.columns) design_of(*table, column, what);
    if (made.primary_key.columns.size() == 1) {
      const column_definition* key = made.find_column(made.primary_key.columns.front());
      if (is_small(key) && !key->identity) report("small-key", dotted(table->name, key->name), what);
    }
    for (const key_definition& unique : made.uniques) {
      design_of_unique(*table, unique.columns, unique.nulls_not_distinct, dotted(table->name, unique.columns.front()),
                       what);
    }
    for (const index_definition& index : made.indexes) design_of(*table, index, what);
    for (const foreign_key_definition& key : made.foreign_keys) design_of(*table, key, what);
  } else if (rename != nullptr) {
    design_of_name(rename->to, rename->to, what);
  } else if (const auto* renamed = std::get_if<ddl::rename_column>(&data)) {
    design_of_name(renamed->to, dotted(table->name, renamed->to), what);
  } else if (const auto* column = std::get_if<ddl::add_column>(&data)) {
    design_of(*table, column->column, what);
  } else if (const auto* index = std::get_if<ddl::add_index>(&data)) {
    design_of(*table, index->index, what);
  } else if (const auto* primary = std::get_if<ddl::change_primary_key>(&data)) {
    const column_definition* key =
        primary->to.columns.size() == 1 ? table->find_column(primary->to.columns.front()) : nullptr;
    if (is_small(key)) report("small-key", dotted(table->name, key->name), what);
  } else if (const auto* unique = std::get_if<ddl::add_unique>(&data)) {
    design_of_unique(*table, unique->unique.columns, unique->unique.nulls_not_distinct, unique->unique.name, what);
  } else if (const auto* key = std::get_if<ddl::add_foreign_key>(&data)) {
    design_of(*table, key->foreign_key, what);
  }
}

}  // namespace tupelo
