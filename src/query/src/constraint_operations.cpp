// SPDX-License-Identifier: Apache-2.0
#include "constraint_operations.hpp"

#include <tupelo/query/known_names.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

[[noreturn]] void refuse(std::string_view table, const std::string& problem) {
  throw migration_error(errc::invalid_migration, "table `" + std::string(table) + "`: " + problem);
}

std::string in_ticks(std::string_view name) { return "`" + std::string(name) + "`"; }

table_definition& require(schema_definition& schema, std::string_view table) {
  table_definition* const found = schema.find(table);
  if (found == nullptr) {
    throw migration_error(errc::invalid_migration, "there is no table " + in_ticks(table) + " at this point");
  }
  return *found;
}

/// Gives the one of this name another, and keeps the order by name. False: there is none.
template <class Items>
bool rename(Items& items, const std::string& from, const std::string& to) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == from; });
  if (found == items.end()) return false;
  found->name = to;
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return true;
}

/// As the database has it, where the description gives the key no name.
std::string name_of_key(const table_definition& table) {
  if (table.primary_key.columns.empty()) return {};
  return table.primary_key.name.empty() ? conventional_primary_key_name(table) : table.primary_key.name;
}

}  // namespace

void apply(const ddl::rename_index& change, schema_definition& schema) {
  table_definition& table = require(schema, change.table);
  if (table.find_index(change.from) == nullptr) {
    refuse(table.name, "there is no index " + in_ticks(change.from) + "; it has: " + known_names(table.indexes));
  }
  if (change.to.empty()) refuse(table.name, "the new name of index " + in_ticks(change.from) + " is empty");
  for (const table_definition& other : schema.tables) {
    if (other.find_index(change.to) == nullptr) continue;
    refuse(table.name, "index " + in_ticks(change.from) + " cannot be renamed: " + in_ticks(change.to) +
                           " exists already, on table " + in_ticks(other.name));
  }
  rename(table.indexes, change.from, change.to);
}

void apply(const ddl::rename_constraint& change, schema_definition& schema) {
  table_definition& table = require(schema, change.table);
  if (change.to.empty()) refuse(table.name, "the new name of constraint " + in_ticks(change.from) + " is empty");
  const std::string& to = change.to;
  const bool taken = table.find_unique(to) != nullptr || table.find_check(to) != nullptr ||
                     table.find_foreign_key(to) != nullptr || table.find_exclusion(to) != nullptr ||
                     name_of_key(table) == to;
  if (taken)
    refuse(table.name,
           "constraint " + in_ticks(change.from) + " cannot be renamed: " + in_ticks(to) + " exists already");
  if (!change.from.empty() && name_of_key(table) == change.from) {
    table.primary_key.name = to;
    return;
  }
  const bool found = rename(table.uniques, change.from, to) || rename(table.checks, change.from, to) ||
                     rename(table.foreign_keys, change.from, to) || rename(table.exclusions, change.from, to);
  if (!found) {
    refuse(table.name, "there is no constraint " + in_ticks(change.from) + " to rename; it has: " +
                           known_names(table.uniques, table.checks, table.foreign_keys, table.exclusions));
  }
}

void apply(const ddl::validate_constraint& change, schema_definition& schema) {
  const table_definition& table = require(schema, change.table);
  if (table.find_check(change.name) == nullptr && table.find_foreign_key(change.name) == nullptr) {
    refuse(table.name, "there is no check or foreign key " + in_ticks(change.name) +
                           " to validate; it has: " + known_names(table.checks, table.foreign_keys));
  }
}

}  // namespace tupelo::detail
