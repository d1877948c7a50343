// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/ddl.hpp"

#include "definition_words.hpp"

#include "tupelo/query/sql_text.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

constexpr std::size_t longest_name = 63;  // PostgreSQL; MySQL takes 64, the others do not care

/// FNV-1a, 32 bits. Source: http://www.isthe.com/chongo/tech/comp/fnv/
std::uint32_t hash(std::string_view text) noexcept {
  std::uint32_t h = 2166136261U;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  return h;
}

std::string hex(std::uint32_t value) {
  std::string out(8, '0');
  for (std::size_t i = 8; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

template <class Items>
auto* find_named(Items& items, std::string_view name) noexcept {
  auto it = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  return it == items.end() ? nullptr : &*it;
}

template <class Items>
void sort_by_name(Items& items) {
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string_view detail::beginning(std::string_view text, std::size_t size) noexcept {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::string_view name_of(type_kind kind) noexcept {
  switch (kind) {
    case type_kind::boolean: return "boolean";
    case type_kind::int16: return "int16";
    case type_kind::int32: return "int32";
    case type_kind::int64: return "int64";
    case type_kind::float32: return "float32";
    case type_kind::float64: return "float64";
    case type_kind::text: return "text";
    case type_kind::bytes: return "bytes";
    case type_kind::timestamp: return "timestamp";
    case type_kind::date: return "date";
    case type_kind::uuid: return "uuid";
    case type_kind::decimal: return "decimal";
    case type_kind::json: return "json";
    case type_kind::native: return "native";
    case type_kind::time_of_day: return "time";
    case type_kind::interval: return "interval";
    case type_kind::native_or_text: return "native_or_text";
    case type_kind::enumeration: return "enumeration";
  }
  return "unknown";
}

std::string_view name_of(referential_action action) noexcept {
  switch (action) {
    case referential_action::no_action: return "no action";
    case referential_action::restrict: return "restrict";
    case referential_action::cascade: return "cascade";
    case referential_action::set_null: return "set null";
    case referential_action::set_default: return "set default";
  }
  return "unknown";
}

column_type column_type::varchar(std::uint32_t length) {
  column_type type(type_kind::text);
  type.length = length;
  return type;
}

column_type column_type::decimal(std::uint16_t precision, std::uint16_t scale) {
  column_type type(type_kind::decimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}

column_type column_type::spelled(std::string_view native) {
  column_type type(type_kind::native);
  type.native = native;
  return type;
}

column_type column_type::native_or_text(std::string_view name) {
  column_type type(type_kind::native_or_text);
  type.native = name;
  return type;
}

bool column_type::is_of_composite(std::string_view name) const {
  if (kind != type_kind::native && kind != type_kind::native_or_text) return false;
  return mentions_identifier(native, name);
}
column_type column_type::enumeration(std::string_view name) {
  column_type type(type_kind::enumeration);
  type.native = name;
  return type;
}

column_type column_type::array_of(column_type element) {
  element.array = true;
  return element;
}

std::string column_type::to_string() const {
  if (array) {
    column_type element = *this;
    element.array = false;
    return element.to_string() + "[]";
  }
  if (kind == type_kind::native) return native;
  if (kind == type_kind::native_or_text) return native + " or text";
  if (kind == type_kind::enumeration) return "enum " + native;
  if (kind == type_kind::text && length > 0) return "varchar(" + std::to_string(length) + ")";
  if (kind == type_kind::decimal && precision > 0) {
    return "decimal(" + std::to_string(precision) + ", " + std::to_string(scale) + ")";
  }
  return std::string(name_of(kind));
}

const column_definition* table_definition::find_column(std::string_view column) const noexcept {
  return find_named(columns, column);
}
column_definition* table_definition::find_column(std::string_view column) noexcept {
  return find_named(columns, column);
}
const key_definition* table_definition::find_unique(std::string_view wanted) const noexcept {
  return find_named(uniques, wanted);
}
const index_definition* table_definition::find_index(std::string_view wanted) const noexcept {
  return find_named(indexes, wanted);
}
const check_definition* table_definition::find_check(std::string_view wanted) const noexcept {
  return find_named(checks, wanted);
}
const foreign_key_definition* table_definition::find_foreign_key(std::string_view wanted) const noexcept {
  return find_named(foreign_keys, wanted);
}

const exclusion_definition* table_definition::find_exclusion(std::string_view wanted) const noexcept {
  return find_named(exclusions, wanted);
}

bool table_definition::is_unique(const std::vector<std::string>& wanted) const {
  const std::vector<std::string> names = sorted(wanted);
  auto same = [&](const key_definition& key) {
    return !key.columns.empty() && !key.deferrable && sorted(key.columns) == names;
  };
  if (same(primary_key) || std::any_of(uniques.begin(), uniques.end(), same)) return true;
  return std::any_of(indexes.begin(), indexes.end(), [&](const index_definition& index) {
    std::vector<std::string> of_index;
    for (const index_column& column : index.columns) of_index.push_back(column.name);  // "" is no column
    return index.unique && index.where.empty() && sorted(of_index) == names;
  });
}

std::string schema_object::describe() const {
  std::string out = kind + " " + name;
  if (!table.empty()) out += " on " + table;
  return out;
}

const enum_definition* schema_definition::find_enum(std::string_view wanted) const noexcept {
  return find_named(enums, wanted);
}
enum_definition* schema_definition::find_enum(std::string_view wanted) noexcept { return find_named(enums, wanted); }

const composite_attribute* composite_definition::find(std::string_view attribute) const noexcept {
  return find_named(attributes, attribute);
}
const composite_definition* schema_definition::find_composite(std::string_view wanted) const noexcept {
  return find_named(composites, wanted);
}
composite_definition* schema_definition::find_composite(std::string_view wanted) noexcept {
  return find_named(composites, wanted);
}

const table_definition* schema_definition::find(std::string_view table) const noexcept {
  return find_named(tables, table);
}
table_definition* schema_definition::find(std::string_view table) noexcept { return find_named(tables, table); }

table_definition& schema_definition::add(table_definition table) {
  auto place = std::lower_bound(tables.begin(), tables.end(), table.name,
                                [](const table_definition& a, const std::string& name) { return a.name < name; });
  if (place != tables.end() && place->name == table.name) {
    throw migration_error(errc::invalid_migration, "table `" + table.name + "` exists already");
  }
  return *tables.insert(place, std::move(table));
}

void schema_definition::remove(std::string_view table) noexcept {
  std::erase_if(tables, [&](const table_definition& t) { return t.name == table; });
}

std::string conventional_name(std::string_view prefix, std::string_view table, const std::vector<std::string>& parts) {
  std::string name(prefix);
  name += '_';
  name += table;
  for (const std::string& part : parts) name += "_" + part;
  if (name.size() <= longest_name) return name;
  return std::string(detail::beginning(name, longest_name - 9)) + "_" + hex(hash(name));
}

std::string conventional_primary_key_name(const table_definition& table) {
  return conventional_name("pk", table.name, {});
}

std::string conventional_name(const table_definition& table, const key_definition& unique) {
  return conventional_name("uq", table.name, unique.columns);
}

std::string conventional_name(const table_definition& table, const index_definition& index) {
  std::vector<std::string> parts;
  for (const index_column& column : index.columns) {
    std::string& part = parts.emplace_back(column.name);
    if (column.is_expression()) part = hex(hash(canonical_sql(column.expression)));
    if (column.descending) part += "_desc";
    if (!column.operator_class.empty()) part += "_" + column.operator_class;
    if (!column.collation.empty()) part += "_" + column.collation;
  }
  if (!index.method.empty()) parts.push_back(index.method);
  if (index.is_search()) parts.emplace_back("search");
  if (!index.where.empty()) parts.push_back(hex(hash(canonical_sql(index.where))));
  return conventional_name(index.unique ? "ux" : "ix", table.name, parts);
}

std::string conventional_name(const table_definition& table, const check_definition& check) {
  return conventional_name("ck", table.name, {hex(hash(canonical_sql(check.expression)))});
}

std::string conventional_name(const table_definition& table, const foreign_key_definition& key) {
  return conventional_name("fk", table.name, key.columns);
}

table_definition renamed(table_definition table, std::string_view name) {
  table_definition former = table;
  table.name = name;
  const auto follow = [&](auto& items) {
    for (auto& item : items) {
      if (item.name == conventional_name(former, item)) item.name = conventional_name(table, item);
    }
    sort_by_name(items);
  };
  if (table.primary_key.name == conventional_primary_key_name(former)) {
    table.primary_key.name = conventional_primary_key_name(table);
  }
  follow(table.uniques);
  follow(table.indexes);
  return table;
}

table_definition with_names(table_definition table) {
  auto name_all = [&](auto& items) {
    for (auto& item : items) {
      if (item.name.empty()) item.name = conventional_name(table, item);
    }
    sort_by_name(items);
  };
  if (table.primary_key.columns.empty()) {
    table.primary_key.name.clear();
  } else if (table.primary_key.name.empty()) {
    table.primary_key.name = conventional_primary_key_name(table);
  }
  name_all(table.uniques);
  name_all(table.indexes);
  name_all(table.checks);
  name_all(table.foreign_keys);
  sort_by_name(table.exclusions);
  return table;
}

schema_definition with_names(const schema_definition& schema) {
  schema_definition named;
  for (const table_definition& table : schema.tables) named.add(with_names(table));
  named.enums = schema.enums;
  sort_by_name(named.enums);
  named.composites = schema.composites;
  sort_by_name(named.composites);
  named.others = schema.others;
  return named;
}

}  // namespace tupelo
