// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

struct feature_table;

/// What a step of a migration puts at risk.
enum class hazard : std::uint8_t {
  destructive,     ///< rows or values are lost; an upgrade refuses it until somebody allows it
  incompatible,    ///< the program that runs meanwhile does not get along with what the step leaves
  data_dependent,  ///< it fails where rows are not as it needs them
  blocking,        ///< others wait until it is done
  review,          ///< cannot be judged without reading it
  design,          ///< it works, and is regretted later
};
/// "destructive", "data-dependent" …
std::string_view name_of(hazard h) noexcept;

/// Where a rule means something.
enum class lint_scope : std::uint8_t {
  everywhere,
  table_locks,     ///< databases that change tables in place and lock them meanwhile: PostgreSQL
  table_rebuilds,  ///< databases that make most changes by copying the table: SQLite
};

struct lint_rule {
  std::string_view code;  ///< "drop-column"; stable across releases
  hazard kind{};
  lint_scope scope{};
  std::string_view why;      ///< what goes wrong, in a sentence or two
  std::string_view instead;  ///< what to do in its place
};

/// Every rule, grouped by hazard.
const std::vector<lint_rule>& lint_rules();
/// Null when there is none of this code.
const lint_rule* find_lint_rule(std::string_view code) noexcept;

/// A step of a migration that a rule speaks of.
struct lint_finding {
  const lint_rule* rule = nullptr;
  std::string revision;  ///< empty: of operations that are no migration yet
  std::string file;      ///< as the compiler was given it
  std::string subject;   ///< "users.age"; a table, column, index, constraint, enum; empty: SQL or the migration itself
  std::string what;      ///< "drop column users.age"
  std::string allowed;   ///< the reason that the migration gives by db.allow; empty: it does not allow it

  bool is_allowed() const noexcept { return !allowed.empty(); }
  /// Whether it should stop somebody: it is not allowed, and not merely a matter of design.
  bool is_problem() const noexcept { return !is_allowed() && rule->kind != hazard::design; }
};

/// Regular expressions (ECMAScript's) that names of new things match as a whole. Empty: any name does.
struct naming_policy {
  std::string tables{}, columns{}, indexes{};
  std::string constraints{};  ///< also primary keys

  friend bool operator==(const naming_policy&, const naming_policy&) = default;
};

struct lint_options {
  lint_options() = default;
  explicit lint_options(const feature_table& of) noexcept : database(&of) {}

  const feature_table* database = nullptr;  ///< null: whatever any database would suffer from
  std::vector<std::string> applied{};       ///< revisions that a database has already; what sorts before one is late
  naming_policy names{};                    ///< Errors of `lint`: configuration_error for what is no expression
};

/// What the rules say to one migration, in the order of its steps; what is allowed is there, too. Steps that concern
/// tables which the migration itself makes put nothing at risk. Errors: as record_migration.
std::vector<lint_finding> lint(const migration& of, const schema_definition& before, const lint_options& options = {});
/// The same of several revisions, in the order of the history; each starts from what its ancestors have built.
/// Errors: as record_migration; migration_error (unknown_revision).
std::vector<lint_finding> lint(const history& all, const std::vector<std::string_view>& revisions,
                               const lint_options& options = {});
/// The same of operations that are to become a migration.
std::vector<lint_finding> lint(const std::vector<schema_operation>& operations, const schema_definition& before,
                               const lint_options& options = {});

}  // namespace tupelo
