// SPDX-License-Identifier: Apache-2.0
#include "schema_text.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/migration_record.hpp>
#include <tupelo/schema/migrator.hpp>

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace tupelo::cli {

std::vector<std::string> sql_of(const dialect& sql, const std::vector<schema_operation>& operations,
                                const schema_definition& before) {
  std::vector<std::string> statements;
  for (ddl_statement& statement : sql.schema().render(operations, before)) {
    if (statement.role == ddl_role::execute) statements.push_back(std::move(statement.sql));
    if (statement.role == ddl_role::restore) statements.emplace_back("-- triggers of the table are made again here");
  }
  return statements;
}

std::vector<std::string> sql_of(const dialect& sql, const history& migrations, const migration& one) {
  schema_definition state;
  for (std::string_view revision : migrations.ancestors(one.revision)) {
    if (revision != one.revision) state = record_migration(migrations.at(revision).up, state).after;
  }
  std::vector<std::string> statements;
  for (const recorded_step& step : record_migration(one.up, state).steps) {
    if (const auto* operation = std::get_if<schema_operation>(&step)) {
      for (std::string& statement : sql_of(sql, {*operation}, state)) statements.push_back(std::move(statement));
      operation->apply_to(state);
    } else {
      statements.emplace_back("-- C++ code of the migration runs here");
    }
  }
  return statements;
}

nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const schema_operation& operation : operations) {
    list.push_back(
        {{"table", operation.table()}, {"change", operation.describe()}, {"code", operation_source(operation)}});
  }
  return list;
}

}  // namespace tupelo::cli
