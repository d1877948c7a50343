// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/safe_split.hpp"

#include "source_writer.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace tupelo {
namespace {

/// How much is taken apart; each is tried until one leads where it should.
struct degree {
  bool drops;        ///< indexes are dropped apart, too
  bool constraints;  ///< rows are looked at apart
};

class splitter {
public:
  splitter(const std::vector<schema_operation>& operations, const schema_definition& before, degree how)
      : operations_(operations), before_(before), state_(before), how_(how) {
    for (const schema_operation& operation : operations) {
      if (const auto* made = std::get_if<ddl::create_table>(&operation.data)) created_.insert(made->table.name);
    }
  }

  safe_split run() {
    for (const schema_operation& operation : operations_) {
      const bool apart = std::visit([&](const auto& o) { return take(o); }, operation.data);
      if (!apart) parts_.changes.push_back(operation);
      operation.apply_to(state_);
    }
    for (schema_operation& last : removals_) parts_.validations.push_back(std::move(last));
    return std::move(parts_);
  }

private:
  template <class Other>
  bool take(const Other&) {
    return false;
  }
  bool take(const ddl::add_index& o) {
    if (o.index.is_search() || (o.index.unique && is_referenced(o.table, names_of(o.index))) || !existed(o.table))
      return false;
    parts_.indexes.emplace_back(ddl::add_index{o.table, o.index, true});
    return true;
  }
  bool take(const ddl::drop_index& o) {
    if (!how_.drops || o.index.is_search() || !existed(o.table)) return false;
    parts_.indexes.emplace_back(ddl::drop_index{o.table, o.index, true});
    return true;
  }
  bool take(const ddl::add_unique& o) {
    if (is_referenced(o.table, o.unique.columns) || !existed(o.table)) return false;
    parts_.indexes.emplace_back(ddl::add_unique{o.table, o.unique, true});
    return true;
  }
  bool take(const ddl::add_check& o) {
    if (!has_rows(o.table)) return false;
    const auto named = std::get<ddl::add_check>(schema_operation(o).completed(state_).data).check;
    parts_.changes.emplace_back(ddl::add_check{o.table, named, true});
    parts_.validations.emplace_back(ddl::validate_constraint{o.table, named.name});
    return true;
  }
  bool take(const ddl::add_foreign_key& o) {
    if (!has_rows(o.table)) return false;
    const auto named = std::get<ddl::add_foreign_key>(schema_operation(o).completed(state_).data).foreign_key;
    parts_.changes.emplace_back(ddl::add_foreign_key{o.table, named, true});
    parts_.validations.emplace_back(ddl::validate_constraint{o.table, named.name});
    return true;
  }
  /// NOT NULL is proven by a check, which is looked at while others go on.
  bool take(const ddl::alter_column& o) {
    const bool proves = o.from.nullable && !o.to.nullable && !o.to.is_computed() && !o.to.identity;
    if (!proves || !has_rows(o.table) || changes_key(o.table)) return false;
    if (o.to.default_sql && !fill(o)) return false;
    column_definition between = o.to;
    between.nullable = true;
    if (between != o.from) parts_.changes.emplace_back(ddl::alter_column{o.table, o.from, between});
    const check_definition check{conventional_name("ck", o.table, {o.to.name, "not_null"}),
                                 sql_name(o.to.name) + " IS NOT NULL"};
    parts_.changes.emplace_back(ddl::add_check{o.table, check, true});
    parts_.validations.emplace_back(ddl::validate_constraint{o.table, check.name});
    removals_.emplace_back(ddl::alter_column{o.table, between, o.to});
    removals_.emplace_back(ddl::drop_check{o.table, check, true});
    return true;
  }
  /// False where the rows cannot be gone through in batches.
  bool fill(const ddl::alter_column& o) {
    const table_definition& table = *state_.find(o.table);
    const bool one_key = table.primary_key.columns.size() == 1;
    const column_definition* key = one_key ? table.find_column(table.primary_key.columns[0]) : nullptr;
    if (key == nullptr || key->type.is(type_kind::bytes) || o.to.type.array) return false;
    if (o.to.default_sql->find('?') != std::string::npos) return false;  // a backfill takes no `?`
    const std::string column = sql_name(o.to.name);
    backfill_step step;
    step.table = o.table;
    step.key = key->name;
    step.set = column + " = " + *o.to.default_sql;
    step.where = column + " IS NULL";
    parts_.fills.push_back(std::move(step));
    return true;
  }

  /// Under its former name a renamed table is none that exists afterwards: its indexes stay where they are.
  bool existed(const std::string& table) const { return before_.find(table) != nullptr; }
  bool has_rows(const std::string& table) const { return how_.constraints && !created_.contains(table); }
  static std::vector<std::string> names_of(const index_definition& index) {
    std::vector<std::string> names;
    for (const index_column& column : index.columns) names.push_back(column.name);
    return names;
  }
  /// By a foreign key of the same changes, which needs the columns to be unique.
  bool is_referenced(const std::string& table, const std::vector<std::string>& columns) const {
    return std::any_of(operations_.begin(), operations_.end(), [&](const schema_operation& operation) {
      const auto* add = std::get_if<ddl::add_foreign_key>(&operation.data);
      if (add == nullptr || add->foreign_key.references != table) return false;
      const std::vector<std::string>& others = add->foreign_key.referenced_columns;
      return others.size() == columns.size() && std::is_permutation(others.begin(), others.end(), columns.begin());
    });
  }
  bool changes_key(const std::string& table) const {
    return std::any_of(operations_.begin(), operations_.end(), [&](const schema_operation& operation) {
      return std::holds_alternative<ddl::change_primary_key>(operation.data) && operation.table() == table;
    });
  }

  const std::vector<schema_operation>& operations_;
  const schema_definition& before_;
  schema_definition state_;
  degree how_;
  std::set<std::string> created_;
  std::vector<schema_operation> removals_;  // of what is needed until all is validated
  safe_split parts_;
};

bool leads_to(const safe_split& parts, schema_definition from, const schema_definition& to) {
  try {
    apply_all(parts.changes, from);
    apply_all(parts.indexes, from);
    apply_all(parts.validations, from);
  } catch (const migration_error&) {
    return false;  // another change needs what has been moved
  }
  return with_names(from) == with_names(to);
}

}  // namespace

safe_split safe_split::of(const std::vector<schema_operation>& operations, const schema_definition& before) {
  schema_definition after = before;
  apply_all(operations, after);
  for (const degree how : {degree{true, true}, degree{false, true}, degree{true, false}, degree{false, false}}) {
    safe_split parts = splitter(operations, before, how).run();
    if (leads_to(parts, before, after)) return parts;
  }
  return {operations, {}, {}, {}};
}

}  // namespace tupelo
