// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/live_diff.hpp"

#include "savepoint.hpp"
#include "state_tables.hpp"
#include "table_changes.hpp"

#include <tupelo/engine/database.hpp>
#include <tupelo/dialect/spelling_place.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

/// The live column with what the other one computes or has as a default.
column_definition with_texts_of(column_definition live, const column_definition& other) {
  live.default_sql = other.default_sql;
  live.computed_sql = other.computed_sql;
  return live;
}

/// The name in the database. Whoever has named all by convention has sorted them anew as well.
template <class Item>
std::string name_of(const table_definition& table, const Item& item) {
  return item.name.empty() ? conventional_name(table, item) : item.name;
}

/// What a table that has columns and nothing else is to get, so that the database spells it.
struct question {
  std::string table;
  std::vector<schema_operation> operations;
};

/// Looks for what differs in words, and takes over the database's where they turn out to be its spelling of what is
/// wanted. Items are held against those of the same name, indexes without one against any.
class spelling {
public:
  spelling(const schema_dialect& rules, const schema_definition& live, schema_definition& wanted)
      : rules_(rules), live_(live), wanted_(wanted), named_(rules.kept(with_names(wanted))) {}

  std::vector<question> questions() const {
    std::vector<question> out;
    for (const table_definition& wanted : wanted_.tables) {
      const table_definition* live = live_.find(wanted.name);
      if (live != nullptr) ask(out, *live, *named_.find(wanted.name), wanted);
    }
    return out;
  }
  /// A table with the live one's columns, bare as they are when the questions begin.
  schema_definition place(const std::string& table) const {
    schema_definition out;
    out.enums = live_.enums;
    out.composites = live_.composites;
    table_definition bare;
    bare.name = table;
    for (const column_definition& column : live_.find(table)->columns) bare.columns.push_back(bare_column(column));
    out.add(std::move(bare));
    return out;
  }
  /// Whether anything was taken over.
  bool answer(const schema_definition& spelled) {
    bool any = false;
    for (const table_definition& answer : spelled.tables) {
      const table_definition* live = live_.find(answer.name);
      table_definition* wanted = wanted_.find(answer.name);
      if (live != nullptr && wanted != nullptr) any = take_over(*live, answer, *wanted) || any;
    }
    return any;
  }

private:
  static column_definition bare_column(const column_definition& column) {
    return {.name = column.name, .type = column.type, .nullable = column.nullable, .collation = column.collation};
  }

  void ask(std::vector<question>& out, const table_definition& live, const table_definition& named,
           const table_definition& wanted) const {
    question asked{live.name, {}};
    const auto add = [&](auto operation) { asked.operations.emplace_back(std::move(operation)); };
    // What is computed first: its column is made anew, which conditions may mention.
    for (const column_definition& column : named.columns) {
      const column_definition* now = live.find_column(column.name);
      if (now == nullptr || !column.is_computed() || !differs(*now, column)) continue;
      add(ddl::drop_column{live.name, bare_column(*now)});
      add(ddl::add_column{live.name, with_texts_of(bare_column(*now), column)});
    }
    for (const column_definition& column : named.columns) {
      const column_definition* now = live.find_column(column.name);
      if (now == nullptr || column.is_computed() || !differs(*now, column)) continue;
      add(ddl::alter_column{live.name, bare_column(*now), with_texts_of(bare_column(*now), column)});
    }
    for (const check_definition& check : named.checks) {
      const check_definition* now = live.find_check(check.name);
      if (now != nullptr && differs(*now, check)) add(ddl::add_check{live.name, check});
    }
    for (const index_definition& index : wanted.indexes) {
      // As it is made, not as it is compared.
      index_definition made = index;
      made.name = name_of(wanted, index);
      const index_definition* now = live.find_index(made.name);
      const index_definition* compared = named.find_index(made.name);
      const bool asks = now == nullptr ? index.name.empty() && has_text(index) && !strays(live, wanted).empty()
                                       : compared != nullptr && !same_index(*now, *compared, &rules_);
      if (!asks) continue;
      add(ddl::add_index{live.name, std::move(made)});
    }
    for (const exclusion_definition& exclusion : named.exclusions) {
      const exclusion_definition* now = live.find_exclusion(exclusion.name);
      if (now != nullptr && !same_exclusion(*now, exclusion, &rules_)) add(ddl::add_exclusion{live.name, exclusion});
    }
    if (!asked.operations.empty()) out.push_back(std::move(asked));
  }

  bool take_over(const table_definition& live, const table_definition& spelled, table_definition& wanted) const {
    bool any = false;
    for (column_definition& column : wanted.columns) {
      const column_definition* now = live.find_column(column.name);
      const column_definition* answer = spelled.find_column(column.name);
      if (now == nullptr || answer == nullptr || !differs(*now, column) || !spells(*now, *answer)) continue;
      column = with_texts_of(std::move(column), *now);
      any = true;
    }
    for (check_definition& check : wanted.checks) {
      const std::string name = name_of(wanted, check);
      const check_definition* now = live.find_check(name);
      const check_definition* answer = spelled.find_check(name);
      if (now == nullptr || answer == nullptr || !differs(*now, check) || differs(*now, *answer)) continue;
      check.expression = now->expression;
      any = true;
    }
    for (index_definition& index : wanted.indexes) {
      const std::string name = name_of(wanted, index);
      const index_definition* answer = spelled.find_index(name);
      if (answer == nullptr) continue;
      const auto is_it = [&](const index_definition* now) { return same_index(*now, *answer, &rules_); };
      const index_definition* now = live.find_index(name);
      if (now == nullptr && index.name.empty()) {
        const std::vector<const index_definition*> others = strays(live, wanted);
        const auto found = std::find_if(others.begin(), others.end(), is_it);
        if (found != others.end()) now = *found;
      }
      if (now == nullptr || !is_it(now)) continue;
      index = *now;
      any = true;
    }
    for (exclusion_definition& exclusion : wanted.exclusions) {
      const exclusion_definition* now = live.find_exclusion(exclusion.name);
      const exclusion_definition* answer = spelled.find_exclusion(exclusion.name);
      if (now == nullptr || answer == nullptr || !same_exclusion(*now, *answer, &rules_)) continue;
      exclusion = *now;
      any = true;
    }
    return any;
  }

  static bool has_text(const index_definition& index) {
    return !index.where.empty() || std::any_of(index.columns.begin(), index.columns.end(),
                                               [](const index_column& term) { return term.is_expression(); });
  }
  /// Live indexes that nothing wanted is called like. One of them may be what is wanted without a name.
  static std::vector<const index_definition*> strays(const table_definition& live, const table_definition& wanted) {
    std::vector<const index_definition*> out;
    for (const index_definition& index : live.indexes) {
      const bool known = std::any_of(wanted.indexes.begin(), wanted.indexes.end(), [&](const index_definition& other) {
        return name_of(wanted, other) == index.name;
      });
      if (!known) out.push_back(&index);
    }
    return out;
  }

  bool differs(const check_definition& live, const check_definition& other) const {
    return !rules_.same_expression(live.expression, other.expression);
  }
  /// In words only: what is there on one side alone is nothing to ask.
  bool differs(const column_definition& live, const column_definition& other) const {
    if (live.default_sql.has_value() != other.default_sql.has_value()) return false;
    if (live.is_computed() != other.is_computed()) return false;
    return !spells(live, other);
  }
  bool spells(const column_definition& live, const column_definition& other) const {
    return rules_.same_column(live, with_texts_of(live, other));
  }

  const schema_dialect& rules_;
  const schema_definition& live_;
  schema_definition& wanted_;
  const schema_definition named_;
};

bool is_numbered(const table_definition& table, const column_definition& column) {
  return column.identity &&
         !(table.primary_key.columns.size() == 1 && table.primary_key.columns.front() == column.name);
}

/// What is called `from` when the hints have been followed: a table, or a column of one that is called `table` then.
std::string renamed(const std::vector<rename_hint>& hints, const std::string& table, const std::string& from) {
  for (const rename_hint& hint : hints) {
    if (!hint.enum_type.empty() || hint.from != from) continue;
    if (table.empty() && hint.column.empty()) return hint.table;
    if (hint.table == table && !hint.column.empty()) return hint.column;
  }
  return from;
}

/// What is numbered stays so where nothing else is wanted that a word could be had for: an integer without a default.
void leave_numbering(const schema_definition& live, schema_definition& wanted, const std::vector<rename_hint>& hints) {
  for (const table_definition& table : live.tables) {
    table_definition* same = wanted.find(table.name);
    if (same == nullptr) same = wanted.find(renamed(hints, "", table.name));
    if (same == nullptr) continue;
    for (const column_definition& now : table.columns) {
      if (!is_numbered(table, now)) continue;
      column_definition* column = same->find_column(now.name);
      if (column == nullptr) column = same->find_column(renamed(hints, same->name, now.name));
      if (column == nullptr || column->identity || !column->type.is_integer()) continue;
      if (column->default_sql || column->is_computed()) continue;
      column->identity = true;
      column->identity_always = now.identity_always;
    }
  }
}

task<void> run_all(lease& connection, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) co_await connection.execute(statement);
}

/// What the database refuses it does not spell, and the difference stands.
task<void> make(lease& connection, const std::vector<std::string>& statements, bool& made) {
  made = true;
  try {
    co_await detail::in_savepoint(connection, run_all(connection, statements), detail::afterwards::kept);
  } catch (const database_error& e) {
    if (!e.connection_usable()) throw;
    made = false;
  }
}

std::vector<std::string> statements_of(const schema_dialect& rules, const schema_operation& operation,
                                       schema_definition& place) {
  std::vector<std::string> out;
  try {
    for (ddl_statement& statement : rules.render({operation}, place)) {
      if (statement.role == ddl_role::execute) out.push_back(std::move(statement.sql));
    }
    operation.apply_to(place);
  } catch (const migration_error&) {
    out.clear();  // a column that is still to come
  }
  return out;
}

task<void> spell(lease& connection, const spelling_place& places, spelling& differing,
                 const std::vector<question>& questions, schema_definition& spelled) {
  const schema_dialect& rules = connection.sql_dialect().schema();
  bool any = false;
  for (const question& asked : questions) {
    bool made = false;
    co_await make(connection, places.make_place(asked.table), made);
    if (!made) continue;
    any = true;
    schema_definition place = differing.place(asked.table);
    for (const schema_operation& operation : asked.operations) {
      const std::vector<std::string> statements = statements_of(rules, operation, place);
      if (!statements.empty()) co_await make(connection, statements, made);
    }
  }
  if (!any) co_return;  // what is described now are the live tables
  spelled = co_await introspect_all(connection, described::tables);
}

}  // namespace

std::vector<schema_object> numbered_columns(const schema_definition& live) {
  std::vector<schema_object> out;
  for (const table_definition& table : live.tables) {
    for (const column_definition& column : table.columns) {
      if (is_numbered(table, column)) out.push_back({"numbered column", column.name, table.name, ""});
    }
  }
  return out;
}

task<std::vector<schema_operation>> diff_live(lease& connection, schema_definition live, schema_definition wanted,
                                              std::vector<rename_hint> renames) {
  const schema_dialect& rules = connection.sql_dialect().schema();
  leave_numbering(live, wanted, renames);
  diff_options loosely;
  loosely.renames = std::move(renames);
  loosely.live = &rules;
  std::vector<schema_operation> operations = diff(live, wanted, loosely);
  const auto* places = dynamic_cast<const spelling_place*>(&rules);
  if (operations.empty() || places == nullptr) co_return operations;
  spelling differing(rules, live, wanted);
  const std::vector<question> questions = differing.questions();
  if (questions.empty()) co_return operations;
  schema_definition spelled;
  co_await detail::in_savepoint(connection, spell(connection, *places, differing, questions, spelled),
                                detail::afterwards::undone);
  if (differing.answer(spelled)) operations = diff(live, wanted, loosely);
  co_return operations;
}

task<std::vector<schema_operation>> diff_live(database& db, schema_definition live, schema_definition wanted,
                                              std::vector<rename_hint> renames) {
  lease connection = co_await db.acquire();
  std::vector<schema_operation> operations =
      co_await diff_live(connection, std::move(live), std::move(wanted), std::move(renames));
  co_return operations;
}

}  // namespace tupelo
