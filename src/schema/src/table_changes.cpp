// SPDX-License-Identifier: Apache-2.0
#include "table_changes.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <cstddef>

namespace tupelo {
namespace {

std::string default_text(const column_definition& column) {
  std::string text = column.default_sql ? canonical_sql(*column.default_sql) : std::string();
  return text == "NULL" ? std::string() : text;
}

bool exactly_same(const column_definition& from, const column_definition& to) {
  return from.type == to.type && from.nullable == to.nullable && from.identity == to.identity &&
         default_text(from) == default_text(to) && from.comment == to.comment &&
         from.identity_always == to.identity_always && from.collation == to.collation &&
         from.computed_at_read == to.computed_at_read &&
         canonical_sql(from.computed_sql) == canonical_sql(to.computed_sql);
}

/// A live database may keep a condition in its own words.
bool same_condition(const std::string& from, const std::string& to, const schema_dialect* live) {
  if (from.empty() || to.empty()) return from.empty() == to.empty();
  return live != nullptr ? live->same_expression(from, to) : canonical_sql(from) == canonical_sql(to);
}

bool same(const key_definition& a, const key_definition& b, const schema_dialect*) {
  return a.columns == b.columns && a.nulls_not_distinct == b.nulls_not_distinct && a.deferrable == b.deferrable;
}
bool same(const check_definition& a, const check_definition& b, const schema_dialect* live) {
  return same_condition(a.expression, b.expression, live);
}
bool same(const foreign_key_definition& a, const foreign_key_definition& b, const schema_dialect*) {
  return a.columns == b.columns && a.references == b.references && a.referenced_columns == b.referenced_columns &&
         a.on_delete == b.on_delete && a.on_update == b.on_update && a.deferrable == b.deferrable;
}

bool same_term(const index_column& from, const index_column& to, const schema_dialect* live) {
  // An index that another hand has made may keep NULLs anywhere, where it is not said.
  const bool any_nulls = live != nullptr && to.nulls == index_nulls::smallest;
  // An expression compares as what it is made of does, where nothing else is said; only a live database tells how.
  const bool any_collation = live != nullptr && !to.expression.empty() && to.collation.empty();
  return from.name == to.name && from.descending == to.descending && (any_nulls || from.nulls == to.nulls) &&
         from.operator_class == to.operator_class && from.weight == to.weight &&
         (any_collation || from.collation == to.collation) && same_condition(from.expression, to.expression, live);
}
bool same(const exclusion_definition& a, const exclusion_definition& b, const schema_dialect* live) {
  return same_exclusion(a, b, live);
}
/// Always named: it has no name by convention.
const std::string& conventional_name(const table_definition&, const exclusion_definition& exclusion) {
  return exclusion.name;
}
bool same(const index_definition& a, const index_definition& b, const schema_dialect* live) {
  return same_index(a, b, live);
}

using renames = std::vector<std::pair<std::string, std::string>>;

bool has_name(const table_definition& table, const std::string& name) {
  return table.find_index(name) != nullptr || table.find_unique(name) != nullptr || table.find_check(name) != nullptr ||
         table.find_foreign_key(name) != nullptr || table.find_exclusion(name) != nullptr ||
         table.primary_key.name == name;
}

/// What is in `from` only is dropped, what is in `to` only is added, and what is in both under two names is renamed;
/// each of `from` stands for one of `to` at most.
template <class Item>
void compare(const table_definition& former, const table_definition& table, std::vector<Item> table_definition::* items,
             const schema_dialect* live, std::vector<Item>& add, std::vector<Item>& drop, renames& rename) {
  const std::vector<Item>& from = former.*items;
  const std::vector<Item>& to = table.*items;
  std::vector<bool> used(from.size());
  auto match = [&](const Item& wanted, bool by_name) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (used[i] || !same(from[i], wanted, live)) continue;
      std::string name = wanted.name.empty() ? conventional_name(table, wanted) : wanted.name;
      if (by_name ? from[i].name == name : wanted.name.empty()) return used[i] = true, true;
    }
    return false;
  };
  std::vector<const Item*> rest;
  for (const Item& wanted : to) {
    if (!match(wanted, true)) rest.push_back(&wanted);
  }
  std::erase_if(rest, [&](const Item* wanted) { return match(*wanted, false); });
  for (const Item* wanted : rest) {
    Item named = *wanted;
    if (named.name.empty()) named.name = conventional_name(table, *wanted);
    std::size_t twin = 0;
    while (twin < from.size() && (used[twin] || !same(from[twin], named, live))) ++twin;
    if (twin < from.size() && !has_name(former, named.name)) {
      used[twin] = true;
      rename.emplace_back(from[twin].name, named.name);
    } else {
      add.push_back(std::move(named));
    }
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!used[i]) drop.push_back(from[i]);
  }
}

}  // namespace

bool same_index(const index_definition& from, const index_definition& to, const schema_dialect* live) {
  const auto same_terms = [&](const index_column& a, const index_column& b) { return same_term(a, b, live); };
  return std::equal(from.columns.begin(), from.columns.end(), to.columns.begin(), to.columns.end(), same_terms) &&
         from.unique == to.unique && from.method == to.method && from.language == to.language &&
         from.include == to.include && from.nulls_not_distinct == to.nulls_not_distinct &&
         same_condition(from.where, to.where, live);
}

bool same_exclusion(const exclusion_definition& from, const exclusion_definition& to, const schema_dialect* live) {
  const auto same_terms = [&](const exclusion_term& a, const exclusion_term& b) {
    return a.with == b.with && same_term(a.of, b.of, live);
  };
  return std::equal(from.terms.begin(), from.terms.end(), to.terms.begin(), to.terms.end(), same_terms) &&
         from.method == to.method && from.deferrable == to.deferrable && same_condition(from.where, to.where, live);
}

bool table_changes::structural() const {
  auto unique = [](const index_definition& index) { return index.unique; };
  return !add_columns.empty() || !drop_columns.empty() || !alter_columns.empty() || key_changes ||
         !add_uniques.empty() || !drop_uniques.empty() || std::any_of(add_indexes.begin(), add_indexes.end(), unique) ||
         std::any_of(drop_indexes.begin(), drop_indexes.end(), unique);
}

table_changes compare_tables(const table_definition& from, const table_definition& to, const schema_dialect* live) {
  table_changes changes;
  changes.table = to.name;
  for (const column_definition& column : to.columns) {
    const column_definition* before = from.find_column(column.name);
    if (before == nullptr) {
      changes.add_columns.push_back(column);
    } else if (live != nullptr ? !live->same_column(*before, column) : !exactly_same(*before, column)) {
      changes.alter_columns.emplace_back(*before, column);
    }
  }
  for (const column_definition& column : from.columns) {
    if (to.find_column(column.name) == nullptr) changes.drop_columns.push_back(column);
  }
  changes.old_key = from.primary_key;
  changes.new_key = to.primary_key;
  changes.key_changes = from.primary_key.columns != to.primary_key.columns;
  const auto compare_all = [&](auto items, auto& add, auto& drop, renames& rename) {
    compare(from, to, items, live, add, drop, rename);
  };
  renames& named = changes.rename_constraints;
  const std::string& key = to.primary_key.name;
  // Who makes a table in SQL seldom names its key: then the live database has done it, by a convention of its own.
  const bool any_name = key.empty() || (live != nullptr && key == conventional_primary_key_name(to));
  if (!changes.key_changes && !to.primary_key.columns.empty() && !any_name && !has_name(from, key)) {
    named.emplace_back(from.primary_key.name, key);
  }
  compare_all(&table_definition::uniques, changes.add_uniques, changes.drop_uniques, named);
  compare_all(&table_definition::indexes, changes.add_indexes, changes.drop_indexes, changes.rename_indexes);
  compare_all(&table_definition::checks, changes.add_checks, changes.drop_checks, named);
  compare_all(&table_definition::exclusions, changes.add_exclusions, changes.drop_exclusions, named);
  changes.old_comment = from.comment;
  changes.new_comment = to.comment;
  compare_all(&table_definition::foreign_keys, changes.add_foreign_keys, changes.drop_foreign_keys, named);
  return changes;
}

}  // namespace tupelo
