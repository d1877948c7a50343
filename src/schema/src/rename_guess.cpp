// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/rename_guess.hpp"

#include "likeness.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

namespace tupelo {
namespace {

constexpr int least_percent = 50;
constexpr int most_percent = 99;

std::string default_of(const column_definition& column) {
  return column.default_sql ? canonical_sql(*column.default_sql) : std::string();
}

bool is_related(const column_type& a, const column_type& b) {
  if (a.array != b.array) return false;
  if (a.is_integer() && b.is_integer()) return true;
  return a.kind == b.kind && a.kind != type_kind::native && a.kind != type_kind::native_or_text &&
         a.kind != type_kind::enumeration;
}

/// What the column is part of: its key, indexes and constraints, without their names.
std::vector<std::string> roles_of(const table_definition& table, const std::string& column) {
  std::vector<std::string> roles;
  const auto has = [&](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  if (has(table.primary_key.columns)) roles.emplace_back("key");
  for (const key_definition& unique : table.uniques) {
    if (has(unique.columns)) roles.emplace_back("unique");
  }
  for (const index_definition& index : table.indexes) {
    const bool used = std::any_of(index.columns.begin(), index.columns.end(),
                                  [&](const index_column& term) { return term.name == column; });
    if (used) roles.emplace_back("index");
  }
  for (const foreign_key_definition& key : table.foreign_keys) {
    if (has(key.columns)) roles.push_back("references " + key.references);
  }
  for (const check_definition& check : table.checks) {
    if (mentions_identifier(check.expression, column)) roles.emplace_back("check");
  }
  std::sort(roles.begin(), roles.end());
  return roles;
}

/// The names of the columns beside it, empty at either end.
std::pair<std::string_view, std::string_view> neighbours(const table_definition& table, const std::string& column) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name != column) continue;
    const std::string_view before = i == 0 ? std::string_view() : std::string_view(table.columns[i - 1].name);
    const bool last = i + 1 == table.columns.size();
    return {before, last ? std::string_view() : std::string_view(table.columns[i + 1].name)};
  }
  return {};
}

int percent_of(double share) { return std::min(static_cast<int>(share * 100.0 + 0.5), most_percent); }

/// 0: they cannot be the same.
int likeness(const table_definition& former, const column_definition& from, const table_definition& table,
             const column_definition& to) {
  if (!is_related(from.type, to.type) && from.type != to.type) return 0;
  if (from.is_computed() != to.is_computed() || from.identity != to.identity) return 0;
  double share = from.type == to.type ? 0.35 : 0.15;
  if (from.nullable == to.nullable) share += 0.08;
  if (default_of(from) == default_of(to)) share += 0.07;
  const auto [left, right] = neighbours(former, from.name);
  const auto [now_left, now_right] = neighbours(table, to.name);
  if (left == now_left) share += 0.1;
  if (right == now_right) share += 0.1;
  if (roles_of(former, from.name) == roles_of(table, to.name)) share += 0.1;
  return percent_of(share + 0.2 * name_likeness(from.name, to.name));
}

int likeness(const table_definition& former, const table_definition& table) {
  double shared = 0;
  for (const column_definition& column : former.columns) {
    const column_definition* same = table.find_column(column.name);
    if (same == nullptr || !is_related(column.type, same->type)) continue;
    shared += column.type == same->type && column.nullable == same->nullable ? 1.0 : 0.7;
  }
  const double share = 2.0 * shared / static_cast<double>(former.columns.size() + table.columns.size());
  return percent_of(0.8 * share + 0.2 * name_likeness(former.name, table.name));
}

/// Values of an enum between others that stay. As many that go as that come there may be the same ones, in order.
void guess_values(const enum_definition& former, const enum_definition& type, std::vector<rename_guess>& guesses) {
  const auto has = [](const std::vector<std::string>& values, const std::string& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  /// Those that the other has not, from a place on; moves on to the next that both have.
  const auto alone = [&](const std::vector<std::string>& values, const std::vector<std::string>& others,
                         std::size_t& at) {
    std::vector<std::string> found;
    for (; at < values.size() && !has(others, values[at]); ++at) found.push_back(values[at]);
    return found;
  };
  const auto value_at = [](const std::vector<std::string>& values, std::size_t at) {
    return at < values.size() ? std::string_view(values[at]) : std::string_view();
  };
  for (std::size_t i = 0, k = 0; i < former.values.size() || k < type.values.size(); ++i, ++k) {
    // In front of the first value stands none, which is past the end.
    const bool same_before = value_at(former.values, i - 1) == value_at(type.values, k - 1);
    const std::vector<std::string> gone = alone(former.values, type.values, i);
    const std::vector<std::string> come = alone(type.values, former.values, k);
    const bool same_behind = value_at(former.values, i) == value_at(type.values, k);
    const bool same_place = same_before && same_behind && gone.size() == come.size();
    for (std::size_t n = 0; same_place && n < gone.size(); ++n) {
      const int percent = percent_of(0.6 + 0.4 * name_likeness(gone[n], come[n]));
      guesses.push_back({{{}, come[n], gone[n], former.name}, percent});
    }
  }
}

/// The surest first, each of either side once.
std::vector<rename_guess> chosen(std::vector<rename_guess> all, const std::vector<rename_hint>& denied) {
  std::erase_if(all, [&](const rename_guess& guess) {
    const auto same = [&](const rename_hint& hint) {
      return hint.table == guess.hint.table && hint.column == guess.hint.column && hint.from == guess.hint.from &&
             hint.enum_type == guess.hint.enum_type;
    };
    return guess.percent < least_percent || std::any_of(denied.begin(), denied.end(), same);
  });
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.percent > b.percent; });
  std::vector<rename_guess> out;
  for (rename_guess& guess : all) {
    const bool taken = std::any_of(out.begin(), out.end(), [&](const rename_guess& other) {
      return other.hint.enum_type == guess.hint.enum_type && (other.to() == guess.to() || other.from() == guess.from());
    });
    if (!taken) out.push_back(std::move(guess));
  }
  return out;
}

}  // namespace

std::string rename_guess::from() const {
  return hint.column.empty() ? hint.from : hint.table + hint.enum_type + "." + hint.from;
}
std::string rename_guess::to() const {
  return hint.column.empty() ? hint.table : hint.table + hint.enum_type + "." + hint.column;
}

std::vector<rename_guess> guess_renames(const schema_definition& from, const schema_definition& to,
                                        const std::vector<rename_hint>& said, const std::vector<rename_hint>& denied) {
  diff_options known;
  known.renames = said;
  const std::vector<schema_operation> operations = diff(from, to, known);
  schema_definition former = with_names(from);  // with what was said to be renamed under its new name
  std::vector<const table_definition*> dropped_tables;
  std::vector<const table_definition*> made_tables;
  for (const schema_operation& operation : operations) {
    const auto& data = operation.data;
    if (std::holds_alternative<ddl::rename_table>(data) || std::holds_alternative<ddl::rename_column>(data) ||
        std::holds_alternative<ddl::rename_enum_value>(data)) {
      operation.apply_to(former);
    } else if (const auto* drop = std::get_if<ddl::drop_table>(&data)) {
      dropped_tables.push_back(&drop->table);
    } else if (const auto* make = std::get_if<ddl::create_table>(&data)) {
      made_tables.push_back(to.find(make->table.name));
    }
  }
  std::vector<rename_guess> guesses;
  for (const table_definition* drop : dropped_tables) {
    for (const table_definition* make : made_tables) {
      guesses.push_back({{make->name, {}, drop->name}, likeness(*drop, *make)});
    }
  }
  guesses = chosen(std::move(guesses), denied);
  if (!guesses.empty()) return guesses;
  for (const schema_operation& operation : operations) {
    const auto* drop = std::get_if<ddl::drop_column>(&operation.data);
    if (drop == nullptr) continue;
    for (const schema_operation& other : operations) {
      const auto* add = std::get_if<ddl::add_column>(&other.data);
      if (add == nullptr || add->table != drop->table) continue;
      const int percent = likeness(*former.find(drop->table), drop->column, *to.find(add->table), add->column);
      guesses.push_back({{add->table, add->column.name, drop->column.name}, percent});
    }
  }
  for (const enum_definition& type : former.enums) {
    if (const enum_definition* now = to.find_enum(type.name); now != nullptr) guess_values(type, *now, guesses);
  }
  return chosen(std::move(guesses), denied);
}

}  // namespace tupelo
