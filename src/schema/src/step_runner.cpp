// SPDX-License-Identifier: Apache-2.0
#include "step_runner.hpp"

#include "state_tables.hpp"
#include "table_changes.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tupelo {
namespace {

/// Steps [begin, end) that are schema changes.
std::size_t end_of_changes(const std::vector<recorded_step>& steps, std::size_t begin) {
  std::size_t end = begin;
  while (end < steps.size() && std::holds_alternative<schema_operation>(steps[end])) ++end;
  return end;
}

std::vector<schema_operation> changes(const std::vector<recorded_step>& steps, std::size_t begin, std::size_t end) {
  std::vector<schema_operation> out;
  for (std::size_t i = begin; i < end; ++i) {
    out.push_back(std::get<schema_operation>(steps[i]));
    if (auto* change = std::get_if<ddl::change_enum>(&out.back().data)) change->code_follows = end != steps.size();
  }
  return out;
}

/// A query that says how a thing was made gives its name and text; the other columns are not there.
struct remembered_thing {
  std::string name;
  std::string sql;
};

}  // namespace

task<void> run_changes(lease& connection, const std::vector<ddl_statement>& statements, run_position& position) {
  std::vector<remembered_thing> remembered;
  for (const ddl_statement& statement : statements) {
    position.statement = statement.sql;
    if (statement.role == ddl_role::execute || statement.role == ddl_role::outside) {
      co_await connection.execute(statement.sql);
    } else if (statement.role == ddl_role::clear) {
      const std::vector<std::string> leftovers = co_await connection.raw_sql<std::string>(statement.sql).all();
      for (const std::string& leftover : leftovers) co_await connection.execute(leftover);
    } else if (statement.role == ddl_role::check) {
      const std::vector<std::string> reasons = co_await connection.raw_sql<std::string>(statement.sql).all();
      if (!reasons.empty()) throw migration_error(errc::invalid_migration, reasons.front());
    } else if (statement.role == ddl_role::remember) {
      remembered = co_await connection.raw_sql<remembered_thing>(statement.sql).all();
    } else {
      std::vector<std::string> present = co_await connection.raw_sql<std::string>(statement.sql).all();
      for (const remembered_thing& thing : std::exchange(remembered, {})) {
        if (std::find(present.begin(), present.end(), thing.name) != present.end()) continue;
        position.statement = thing.sql;
        co_await connection.execute(thing.sql);
      }
    }
  }
  position.statement.clear();
}

task<void> run_code(lease& connection, detail::migration_code& code, run_position& position) {
  position.code = true;
  co_await code.run(connection);
  if (connection.transaction_depth() != 1) {
    throw migration_error(errc::invalid_migration,
                          "code in a migration ended the migration's transaction, or left one of its own open; leave "
                          "out BEGIN, COMMIT and ROLLBACK, or say db.outside_transaction()");
  }
  position.code = false;
}

task<void> check_state(lease& connection, const required_state& required) {
  // Neither false nor NULL is the truth that was asked for, and no row is none.
  const std::string query = "SELECT CASE WHEN (" + required.query + ") THEN 1 ELSE 0 END";
  const auto holds = co_await connection.raw_sql<std::int64_t>(query).one();
  if (holds != 1) throw migration_error(errc::migration_failed, required.message);
}

std::vector<schema_operation> operations_of(const std::vector<recorded_step>& steps) {
  std::vector<schema_operation> out;
  for (const recorded_step& step : steps) {
    if (const auto* operation = std::get_if<schema_operation>(&step)) out.push_back(*operation);
  }
  return out;
}

task<void> run_steps(lease& connection, const std::vector<recorded_step>& steps, schema_definition before,
                     run_position& position) {
  const schema_dialect& rules = connection.sql_dialect().schema();
  for (std::size_t i = 0; i < steps.size();) {
    position.step = i + 1;
    if (const auto* code = std::get_if<std::shared_ptr<detail::migration_code>>(&steps[i])) {
      co_await run_code(connection, **code, position);
      ++i;
      continue;
    }
    if (const auto* declared = std::get_if<declared_change>(&steps[i])) {
      declared->operation.apply_to(before);
      ++i;
      continue;
    }
    if (const auto* required = std::get_if<required_state>(&steps[i])) {
      position.statement = required->query;
      co_await check_state(connection, *required);
      position.statement.clear();
      ++i;
      continue;
    }
    std::size_t end = end_of_changes(steps, i);
    std::vector<schema_operation> operations = changes(steps, i, end);
    std::vector<ddl_statement> statements = rules.render(operations, before);
    co_await run_changes(connection, statements, position);
    apply_all(operations, before);
    i = end;
  }
}

bool runs_outside(const dialect& of, const std::vector<recorded_step>& steps, bool asked) {
  if (asked) return true;
  return std::any_of(steps.begin(), steps.end(), [&](const recorded_step& step) {
    if (std::holds_alternative<backfill_step>(step)) return true;
    const auto* operation = std::get_if<schema_operation>(&step);
    return operation != nullptr && operation->concurrently() && of.features().concurrent_indexes;
  });  // and so are the others: recording saw to it
}

std::vector<std::string> steps_text(const schema_dialect& rules, const std::vector<recorded_step>& steps,
                                    schema_definition before) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < steps.size();) {
    if (const auto* rows = std::get_if<backfill_step>(&steps[i])) {
      out.push_back(backfill_text(*rows));
      ++i;
      continue;
    }
    if (const auto* declared = std::get_if<declared_change>(&steps[i])) {
      declared->operation.apply_to(before);
      ++i;
      continue;
    }
    if (const auto* required = std::get_if<required_state>(&steps[i])) {
      out.push_back("-- has to be true: " + required->message + "\n" + required->query);
      ++i;
      continue;
    }
    if (!std::holds_alternative<schema_operation>(steps[i])) {
      out.emplace_back("-- C++ code of the migration runs here");
      ++i;
      continue;
    }
    std::size_t end = end_of_changes(steps, i);
    std::vector<schema_operation> operations = changes(steps, i, end);
    for (std::string& text : texts_of(rules.render(operations, before))) out.push_back(std::move(text));
    apply_all(operations, before);
    i = end;
  }
  return out;
}

}  // namespace tupelo
