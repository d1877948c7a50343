// SPDX-License-Identifier: Apache-2.0
// Names that a project's own policy asks for.
#include "linter.hpp"

#include <tupelo/core/error.hpp>

#include <variant>

namespace tupelo {
namespace {

std::optional<std::regex> compiled(const std::string& pattern, std::string_view of) {
  if (pattern.empty()) return std::nullopt;
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& failure) {
    throw configuration_error(errc::invalid_configuration, "the naming policy of " + std::string(of) + ", `" + pattern +
                                                               "`, is no regular expression: " + failure.what());
  }
}

}  // namespace

linter::linter(const lint_options& options)
    : options_(options),
      policies_{compiled(options.names.tables, "tables"), compiled(options.names.columns, "columns"),
                compiled(options.names.indexes, "indexes"), compiled(options.names.constraints, "constraints")} {}

void linter::policy(named kind, std::string_view name, const std::string& what) {
  const std::optional<std::regex>& wanted = policies_[static_cast<std::size_t>(kind)];
  if (!wanted || name.empty() || std::regex_match(name.begin(), name.end(), *wanted)) return;
  report("naming-policy", std::string(name), what);
}

void linter::policy_of(const table_definition& made, const std::string& what) {
  policy(named::table, made.name, what);
  for (const column_definition& column : made.columns) policy(named::column, column.name, what);
  for (const index_definition& index : made.indexes) policy(named::index, index.name, what);
  policy(named::constraint, made.primary_key.name, what);
  for (const key_definition& unique : made.uniques) policy(named::constraint, unique.name, what);
  for (const check_definition& check : made.checks) policy(named::constraint, check.name, what);
  for (const foreign_key_definition& key : made.foreign_keys) policy(named::constraint, key.name, what);
  for (const exclusion_definition& exclusion : made.exclusions) policy(named::constraint, exclusion.name, what);
}

void linter::policy_of(const schema_operation& operation, const std::string& what) {
  const auto& data = operation.data;
  if (const auto* made = std::get_if<ddl::create_table>(&data)) {
    policy_of(made->table, what);
  } else if (const auto* table = std::get_if<ddl::rename_table>(&data)) {
    policy(named::table, table->to, what);
  } else if (const auto* column = std::get_if<ddl::add_column>(&data)) {
    policy(named::column, column->column.name, what);
  } else if (const auto* renamed = std::get_if<ddl::rename_column>(&data)) {
    policy(named::column, renamed->to, what);
  } else if (const auto* index = std::get_if<ddl::add_index>(&data)) {
    policy(named::index, index->index.name, what);
  } else if (const auto* another = std::get_if<ddl::rename_index>(&data)) {
    policy(named::index, another->to, what);
  } else if (const auto* constraint = std::get_if<ddl::rename_constraint>(&data)) {
    policy(named::constraint, constraint->to, what);
  } else if (const auto* primary = std::get_if<ddl::change_primary_key>(&data)) {
    policy(named::constraint, primary->to.name, what);
  } else if (const auto* unique = std::get_if<ddl::add_unique>(&data)) {
    policy(named::constraint, unique->unique.name, what);
  } else if (const auto* check = std::get_if<ddl::add_check>(&data)) {
    policy(named::constraint, check->check.name, what);
  } else if (const auto* key = std::get_if<ddl::add_foreign_key>(&data)) {
    policy(named::constraint, key->foreign_key.name, what);
  } else if (const auto* exclusion = std::get_if<ddl::add_exclusion>(&data)) {
    policy(named::constraint, exclusion->exclusion.name, what);
  }
}

}  // namespace tupelo
