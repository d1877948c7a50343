// SPDX-License-Identifier: Apache-2.0
#include "linter.hpp"

#include "replay.hpp"
#include "source_writer.hpp"

#include <tupelo/dialect/dialect.hpp>
#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

std::string dotted(std::string_view table, std::string_view part) {
  return std::string(table) + "." + std::string(part);
}

template <class Columns>
std::string dotted_columns(std::string_view table, const Columns& columns) {
  return columns.empty() ? std::string(table) : dotted(table, columns.front());
}

bool is_null(const std::optional<std::string>& sql) { return !sql || canonical_sql(*sql) == "NULL"; }

bool is_added_by_copying(const column_definition& column) {
  if (column.is_computed()) return !column.computed_at_read || !column.nullable;
  if (column.identity || (!column.nullable && is_null(column.default_sql))) return true;
  return column.default_sql && !is_constant(*column.default_sql);
}

bool keeps_order(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  std::vector<std::string> kept;
  for (const std::string& value : to) {
    if (std::find(from.begin(), from.end(), value) != from.end()) kept.push_back(value);
  }
  return kept == from;
}

/// Whether PostgreSQL drops attributes and adds others behind the last one, and no more.
bool changes_in_place(const ddl::change_composite& change) {
  std::vector<composite_attribute> kept = change.from.attributes;
  std::erase_if(kept, [&](const composite_attribute& attribute) { return change.to.find(attribute.name) == nullptr; });
  const auto& to = change.to.attributes;
  return to.size() >= kept.size() && std::equal(kept.begin(), kept.end(), to.begin());
}

bool applies(lint_scope scope, const feature_table* database) {
  if (database == nullptr || scope == lint_scope::everywhere) return true;
  // Where rows are locked many write at once, and tables are changed in place under a lock.
  return (scope == lint_scope::table_locks) == database->row_locks;
}

/// Without what makes no difference: names by convention, and the order of columns, which a dropped one cannot have
/// back.
schema_definition compared(const schema_definition& schema) {
  schema_definition out = with_names(schema);
  for (table_definition& table : out.tables) {
    std::sort(table.columns.begin(), table.columns.end(),
              [](const column_definition& a, const column_definition& b) { return a.name < b.name; });
  }
  return out;
}

/// Whether the name begins with a date, by which migrations sort.
bool is_dated(std::string_view revision) {
  return revision.size() > 8 &&
         std::all_of(revision.begin(), revision.begin() + 8, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<recorded_step> steps_of(const std::vector<schema_operation>& operations) {
  return {operations.begin(), operations.end()};
}

}  // namespace

namespace {

/// What is said of one transaction around all steps.
bool is_of_the_transaction(std::string_view code) {
  for (std::string_view one : {"concurrently-in-sql", "outside-transaction", "data-beside-schema", "several-tables",
                               "validate-beside-locks"}) {
    if (code == one) return true;
  }
  return false;
}

}  // namespace

void linter::report(std::string_view code, std::string subject, std::string what) {
  if (how_.outside && is_of_the_transaction(code)) return;
  if (in_sql_ && code == "rebuild-table") return;  // who writes the SQL copies nothing by it
  lint_finding found;
  found.rule = find_lint_rule(code);
  found.subject = std::move(subject);
  found.what = std::move(what);
  findings_.push_back(std::move(found));
}

void linter::order(const migration& of) {
  if (!is_dated(of.revision)) return;
  const auto later = [&](std::string_view other) { return is_dated(other) && of.revision < other; };
  for (std::string_view parent : of.parents) {
    if (later(parent)) return report("out-of-order", {}, "sorts before " + std::string(parent) + ", which it follows");
  }
  for (const std::string& applied : options_.applied) {
    if (later(applied)) return report("out-of-order", {}, "sorts before " + applied + ", which is applied");
  }
}

std::vector<lint_finding> linter::walk(const std::vector<recorded_step>& steps, const schema_definition& before,
                                       const schema_definition& after, manner how) {
  how_ = how;
  without_value_.clear();
  altered_.clear();
  validated_.clear();
  note_proofs(steps, after);
  writes_rows_ = false;
  before_ = &before;
  after_ = &after;
  for (const recorded_step& one : steps) {
    if (const auto* operation = std::get_if<schema_operation>(&one)) {
      step(*operation, operation->describe());
    } else if (!std::holds_alternative<declared_change>(one) && !std::holds_alternative<required_state>(one)) {
      writes_rows_ = true;
    }
  }
  finish();
  for (const recorded_step& one : steps) {
    if (const auto* operation = std::get_if<schema_operation>(&one)) design(*operation, after, operation->describe());
  }
  for (const auto& [operation, what] : std::exchange(parsed_, {})) {
    const auto* made = std::get_if<ddl::create_table>(&operation.data);
    if (made == nullptr) {
      design(operation, after, what);
    } else if (!made->table.columns.empty()) {  // as those of CREATE TABLE … AS
      schema_definition alone;
      alone.add(made->table);
      design(operation, alone, what);
    }
  }
  return std::exchange(findings_, {});
}

void linter::note_proofs(const std::vector<recorded_step>& steps, const schema_definition& after) {
  not_null_.clear();
  proofs_.clear();
  std::vector<const ddl::drop_check*> drops;
  for (auto one = steps.rbegin(); one != steps.rend(); ++one) {
    const auto* operation = std::get_if<schema_operation>(&*one);
    if (operation == nullptr) continue;
    if (const auto* drop = std::get_if<ddl::drop_check>(&operation->data)) drops.push_back(drop);
    note_proof(*operation, after);
    const auto* proven = std::get_if<ddl::validate_constraint>(&operation->data);
    const table_definition* table = proven != nullptr ? after.find(proven->table) : nullptr;
    if (table == nullptr) continue;
    const check_definition* check = table->find_check(proven->name);
    for (const ddl::drop_check* drop : drops) {
      if (drop->table == proven->table && drop->check.name == proven->name) check = &drop->check;
    }
    if (check != nullptr) note_proof(*table, *check);
  }
}

void linter::note_proof(const schema_operation& change, const schema_definition& within) {
  const auto* const add = std::get_if<ddl::add_check>(&change.data);
  const table_definition* const table = add != nullptr && !add->not_valid ? within.find(add->table) : nullptr;
  if (table != nullptr) note_proof(*table, add->check);
}

void linter::note_proof(const table_definition& table, const check_definition& check) {
  for (const column_definition& column : table.columns) {
    if (canonical_sql(check.expression) != canonical_sql(sql_name(column.name) + " IS NOT NULL")) continue;
    not_null_.insert(dotted(table.name, column.name));
    if (!column.nullable) proofs_.insert(check.name);
  }
}

void linter::validates(const std::string& table, const std::string& constraint) {
  const table_definition* const known = find(table);
  const check_definition* const check = known != nullptr ? known->find_check(constraint) : nullptr;
  if (check != nullptr) note_proof(*known, *check);
  validates(constraint);
}

bool linter::is_proven_not_null(std::string_view table, std::string_view column) const {
  return not_null_.contains(dotted(table, column));
}

void linter::parsed(schema_operation operation, const std::string& what) {
  note_proof(operation, *after_);
  in_sql_ = true;
  step(operation, what);
  in_sql_ = false;
  parsed_.emplace_back(std::move(operation), what);
}

const table_definition* linter::table_of_index(std::string_view index) const {
  for (const schema_definition* schema : {before_, after_}) {
    for (const table_definition& table : schema->tables) {
      if (table.find_index(index) != nullptr) return &table;
    }
  }
  return nullptr;
}

const table_definition* linter::find(std::string_view table) const {
  const table_definition* found = before_->find(table);
  return found != nullptr ? found : after_->find(table);
}

const column_definition* linter::find_column(std::string_view table, std::string_view column) const {
  for (const schema_definition* schema : {before_, after_}) {
    const table_definition* of = schema->find(table);
    const column_definition* found = of == nullptr ? nullptr : of->find_column(column);
    if (found != nullptr) return found;
  }
  return nullptr;
}

void linter::changes(const std::string& table) {
  if (!is_new(table)) altered_.insert(table);
}

void linter::finish() {
  std::string all;
  for (const std::string& table : altered_) all += (all.empty() ? "" : ", ") + table;
  if (altered_.size() > 1) report("several-tables", {}, "changes " + all);
  if (!altered_.empty() && writes_rows_) report("data-beside-schema", {}, "changes " + all + " and writes rows");
  if (!altered_.empty() && !validated_.empty()) {
    report("validate-beside-locks", validated_.front(), "changes " + all + " and validates " + validated_.front());
  }
}

std::vector<lint_finding> linter::judged(std::vector<lint_finding> all,
                                         const std::vector<allowed_rule>& allowed) const {
  for (const allowed_rule& permission : allowed) {
    bool used = false;
    for (lint_finding& found : all) {
      if (found.rule->code != permission.code) continue;
      found.allowed = permission.reason;
      used = true;
    }
    if (used) continue;
    lint_finding unused;
    unused.rule = find_lint_rule("unused-allow");
    unused.subject = permission.code;
    unused.what = "allows " + permission.code;
    all.push_back(std::move(unused));
  }
  std::erase_if(all, [&](const lint_finding& found) { return !applies(found.rule->scope, options_.database); });
  return all;
}

void linter::alter(const ddl::alter_column& change, const std::string& what) {
  const std::string subject = dotted(change.table, change.to.name);
  const column_definition& from = change.from;
  const column_definition& to = change.to;
  column_definition uncommented = from;
  uncommented.comment = to.comment;
  if (uncommented == to) return;
  altered_.insert(change.table);
  if (to.is_computed() && !from.is_computed()) {
    report("overwrite-values", subject, what);
  } else if (from.type != to.type) {
    if (type_loses(from.type, to.type)) {
      report("lossy-type", subject, what);
    } else if (type_may_refuse(from.type, to.type)) {
      report("narrow-type", subject, what);
    }
    if (!type_changes_in_place(from.type, to.type)) report("rewrite-type", subject, what);
  } else if (from.collation != to.collation ||
             (to.is_computed() && canonical_sql(from.computed_sql) != canonical_sql(to.computed_sql))) {
    report("rewrite-type", subject, what);
  }
  if (from.nullable && !to.nullable && !not_null_.contains(subject)) {
    if (is_null(to.default_sql)) report("not-null", subject, what);
    report("blocking-not-null", subject, what);
    if (!is_null(to.default_sql) && !in_sql_) {
      report("update-all-rows", subject, what + ", and gives rows without a value the default");
      writes_rows_ = true;
    }
  }
  alter_default(change, what);
  if (!from.nullable && to.nullable) report("drop-not-null", subject, what);
  report("rebuild-table", change.table, what);
}

void linter::alter_default(const ddl::alter_column& change, const std::string& what) {
  const std::string subject = dotted(change.table, change.to.name);
  const column_definition& from = change.from;
  const column_definition& to = change.to;
  if (from.is_computed() && canonical_sql(from.computed_sql) != canonical_sql(to.computed_sql)) {
    return report("change-computed", subject, what);
  }
  if (to.is_computed()) return;
  if (from.identity && to.identity && !from.identity_always && to.identity_always) {
    report("identity-always", subject, what);
  }
  const bool lost = !is_null(from.default_sql) && is_null(to.default_sql);
  if ((lost || from.identity) && !to.identity) {
    if (is_null(to.default_sql)) report("drop-default", subject, what);
  } else if (!is_null(from.default_sql) && !is_null(to.default_sql) &&
             canonical_sql(*from.default_sql) != canonical_sql(*to.default_sql)) {
    report("change-default", subject, what);
  }
}

void linter::restricts(const schema_operation& operation, const std::string& what) {
  std::vector<std::string> columns;
  if (const auto* unique = std::get_if<ddl::add_unique>(&operation.data)) {
    columns = unique->unique.columns;
  } else if (const auto* key = std::get_if<ddl::add_foreign_key>(&operation.data)) {
    columns = key->foreign_key.columns;
  } else if (const auto* index = std::get_if<ddl::add_index>(&operation.data)) {
    if (!index->index.unique) return;
    for (const index_column& column : index->index.columns) columns.push_back(column.name);
  } else if (!std::holds_alternative<ddl::add_check>(operation.data) &&
             !std::holds_alternative<ddl::add_exclusion>(operation.data)) {
    return;
  }
  const std::string table(operation.table());
  // A program that does not know a column writes no value that could be refused.
  const bool unknown = std::any_of(columns.begin(), columns.end(),
                                   [&](const std::string& c) { return without_value_.contains(dotted(table, c)); });
  if (!unknown) report("new-restriction", dotted_columns(table, columns), what);
}

void linter::references(const std::string& table, const foreign_key_definition& key, const std::string& what) {
  if (is_new(key.references) || key.references == table) return;
  report("references-lock", key.references, what);
}

void linter::step(const schema_operation& operation, const std::string& what) {
  const std::string table(operation.table());
  const auto& data = operation.data;
  if (const auto* made = std::get_if<ddl::create_table>(&data)) {
    created_.insert(made->table.name);
    for (const foreign_key_definition& key : made->table.foreign_keys) references(made->table.name, key, what);
    return;
  }
  if (const auto* sql = std::get_if<ddl::execute_sql>(&data)) {
    const auto before = static_cast<std::ptrdiff_t>(findings_.size());
    const sql_reading read = lint_sql(*this, sql->up, what);
    writes_rows_ = read.writes_rows || writes_rows_;
    if (read.harmless || (how_.written_in_sql && !read.hidden)) return;
    report("execute-sql", {}, what);
    std::rotate(findings_.begin() + before, findings_.end() - 1, findings_.end());
    return;
  }
  if (const auto* change = std::get_if<ddl::change_enum>(&data)) {
    const auto& left = change->to.values;
    const bool gone = std::any_of(change->from.values.begin(), change->from.values.end(), [&](const std::string& v) {
      return std::find(left.begin(), left.end(), v) == left.end();
    });
    const bool more = std::any_of(left.begin(), left.end(), [&](const std::string& v) {
      return std::find(change->from.values.begin(), change->from.values.end(), v) == change->from.values.end();
    });
    if (more) report("add-enum-value", change->to.name, what);
    if (gone) report("remove-enum-value", change->to.name, what);
    if (gone || !keeps_order(change->from.values, left)) report("rewrite-enum", change->to.name, what);
    return;
  }
  if (const auto* change = std::get_if<ddl::change_composite>(&data)) {
    for (const composite_attribute& from : change->from.attributes) {
      const composite_attribute* const to = change->to.find(from.name);
      const std::string subject = dotted(change->to.name, from.name);
      if (to == nullptr) {
        report("drop-attribute", subject, what);
      } else if (from.type != to->type && type_loses(from.type, to->type)) {
        report("lossy-type", subject, what);
      } else if (from.type != to->type && type_may_refuse(from.type, to->type)) {
        report("narrow-type", subject, what);
      }
    }
    for (const composite_attribute& to : change->to.attributes) {
      if (change->from.find(to.name) == nullptr) report("add-attribute", dotted(change->to.name, to.name), what);
    }
    if (!changes_in_place(*change)) report("rewrite-type", change->to.name, what);
    return;
  }
  if (const auto* rename = std::get_if<ddl::rename_enum_value>(&data)) {
    report("rename-enum-value", rename->type, what);
    return;
  }
  if (is_new(table)) {
    if (std::holds_alternative<ddl::drop_table>(data)) created_.erase(table);
    if (const auto* rename = std::get_if<ddl::rename_table>(&data)) {
      created_.erase(rename->from);
      created_.insert(rename->to);
    }
    if (const auto* key = std::get_if<ddl::add_foreign_key>(&data)) references(table, key->foreign_key, what);
    return;
  }
  if (table.empty() || std::holds_alternative<ddl::comment_table>(data)) return;
  if (const auto* change = std::get_if<ddl::alter_column>(&data)) return alter(*change, what);
  if (const auto* validation = std::get_if<ddl::validate_constraint>(&data)) {
    report("constraint-among-rows", validation->name, what);  // and locks nobody out
    if (!altered_.empty()) validates(validation->name);
    return;
  }
  if (std::holds_alternative<ddl::rename_index>(data)) return;
  if (std::holds_alternative<ddl::rename_constraint>(data)) return report("rebuild-table", table, what);
  if (!operation.concurrently()) altered_.insert(table);
  restricts(operation, what);

  const auto among_rows = [&](std::string_view code, const std::vector<std::string>& columns) {
    const bool empty = std::any_of(columns.begin(), columns.end(),
                                   [&](const std::string& c) { return without_value_.contains(dotted(table, c)); });
    if (!empty) report(code, dotted_columns(table, columns), what);
  };
  const auto constraint_goes = [&](const std::string& name) {
    report("drop-constraint", name, what);
    report("rebuild-table", table, what);
  };

  if (std::holds_alternative<ddl::drop_table>(data)) {
    report("drop-table", table, what);
  } else if (std::holds_alternative<ddl::rename_table>(data)) {
    report("rename-table", table, what);
  } else if (const auto* add = std::get_if<ddl::add_column>(&data)) {
    const column_definition& column = add->column;
    const std::string subject = dotted(table, column.name);
    if (column.is_computed()) {
      if (!column.computed_at_read) report("stored-computed-column", subject, what);
    } else if (column.identity) {
      report("identity-column", subject, what);
    } else if (is_null(column.default_sql)) {
      if (!column.nullable) report("required-column", subject, what);
      without_value_.insert(subject);
    } else if (is_volatile(*column.default_sql)) {
      report("volatile-default", subject, what);
    }
    if (is_added_by_copying(column)) report("rebuild-table", table, what);
  } else if (const auto* drop = std::get_if<ddl::drop_column>(&data)) {
    report("drop-column", dotted(table, drop->column.name), what);
  } else if (const auto* rename = std::get_if<ddl::rename_column>(&data)) {
    report("rename-column", dotted(table, rename->from), what);
  } else if (const auto* index = std::get_if<ddl::add_index>(&data)) {
    if (!index->concurrently) report("blocking-index", index->index.name, what);
    std::vector<std::string> columns;
    for (const index_column& column : index->index.columns) columns.push_back(column.name);
    if (index->index.unique) among_rows("unique-among-rows", columns);
  } else if (const auto* index_drop = std::get_if<ddl::drop_index>(&data)) {
    if (!index_drop->concurrently) report("blocking-index-drop", index_drop->index.name, what);
    if (index_drop->index.unique) report("drop-constraint", index_drop->index.name, what);
  } else if (const auto* unique = std::get_if<ddl::add_unique>(&data)) {
    if (!unique->concurrently) report("blocking-unique", unique->unique.name, what);
    among_rows("unique-among-rows", unique->unique.columns);
    report("rebuild-table", table, what);
  } else if (const auto* check = std::get_if<ddl::add_check>(&data)) {
    if (!check->not_valid) {
      report("blocking-check", check->check.name, what);
      among_rows("constraint-among-rows", {});
    }
    report("rebuild-table", table, what);
  } else if (const auto* key = std::get_if<ddl::add_foreign_key>(&data)) {
    if (!key->not_valid) {
      report("blocking-foreign-key", key->foreign_key.name, what);
      among_rows("constraint-among-rows", key->foreign_key.columns);
    }
    report("rebuild-table", table, what);
  } else if (const auto* exclusion = std::get_if<ddl::add_exclusion>(&data)) {
    report("blocking-exclusion", exclusion->exclusion.name, what);
    among_rows("constraint-among-rows", {});
  } else if (const auto* primary = std::get_if<ddl::change_primary_key>(&data)) {
    if (primary->to.columns.empty()) {
      report("drop-primary-key", table, what);
    } else {
      report("blocking-primary-key", table, what);
      among_rows("unique-among-rows", primary->to.columns);
      for (const std::string& name : primary->to.columns) {
        const column_definition* const column = find_column(table, name);
        if (column != nullptr && column->nullable) report("not-null", dotted(table, name), what);
      }
    }
    report("rebuild-table", table, what);
  } else if (const auto* unique_drop = std::get_if<ddl::drop_unique>(&data)) {
    constraint_goes(unique_drop->unique.name);
  } else if (const auto* check_drop = std::get_if<ddl::drop_check>(&data)) {
    if (!proofs_.contains(check_drop->check.name)) constraint_goes(check_drop->check.name);
  } else if (const auto* key_drop = std::get_if<ddl::drop_foreign_key>(&data)) {
    constraint_goes(key_drop->foreign_key.name);
  } else if (const auto* exclusion_drop = std::get_if<ddl::drop_exclusion>(&data)) {
    constraint_goes(exclusion_drop->exclusion.name);
  }
}

// ---- whole migrations

std::vector<lint_finding> lint(const migration& of, const schema_definition& before, const lint_options& options) {
  const migration_record up = record_up(of, before);
  linter rules(options);
  rules.order(of);
  std::vector<lint_finding> all =
      rules.walk(up.steps, before, up.after, {of.scripts != nullptr, up.outside_transaction});
  if (of.down != nullptr || of.scripts != nullptr) {
    const migration_record down = record_down(of, up.after);
    lint_finding found;
    if (!down.irreversible.empty()) {
      found.rule = find_lint_rule("irreversible");
      found.what = "down: " + down.irreversible;
    } else if (compared(down.after) != compared(before)) {
      found.rule = find_lint_rule("down-differs");
      found.what = "down does not take back what up does";
    }
    if (found.rule != nullptr) all.push_back(std::move(found));
  }
  all = rules.judged(std::move(all), up.allowed);
  for (lint_finding& found : all) {
    found.revision = of.revision;
    found.file = of.file;
  }
  return all;
}

std::vector<lint_finding> lint(const history& all, const std::vector<std::string_view>& revisions,
                               const lint_options& options) {
  for (std::string_view revision : revisions) (void)all.at(revision);
  std::vector<lint_finding> out;
  schema_definition state;  // of everything before, as long as the history is one line
  std::string_view previous;
  bool line = true;
  for (const migration& m : all.ordered()) {
    line = line && (previous.empty() ? m.parents.empty() : m.parents == std::vector<std::string_view>{previous});
    previous = m.revision;
    if (std::find(revisions.begin(), revisions.end(), m.revision) != revisions.end()) {
      if (!line) state = schema_before(all, m);
      for (lint_finding& found : lint(m, state, options)) out.push_back(std::move(found));
    }
    if (line) state = record_up(m, state).after;
  }
  return out;
}

std::vector<lint_finding> lint(const std::vector<schema_operation>& operations, const schema_definition& before,
                               const lint_options& options) {
  schema_definition after = before;
  apply_all(operations, after);
  linter rules(options);
  return rules.judged(rules.walk(steps_of(operations), before, after, {}), {});
}

}  // namespace tupelo
