// SPDX-License-Identifier: Apache-2.0
#include "schema_recorder.hpp"

#include "tupelo/schema/lint.hpp"
#include <tupelo/query/known_names.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <type_traits>

namespace tupelo {
namespace detail {
namespace {

/// A change that changes nothing: `db.alter_column("t", "a")` without more.
bool idle(const schema_operation& operation) {
  const auto* alter = std::get_if<ddl::alter_column>(&operation.data);
  return alter != nullptr && alter->from == alter->to;
}

bool is_concurrent(const recorded_step& step) {
  const auto* operation = std::get_if<schema_operation>(&step);
  return operation != nullptr && operation->concurrently();
}

[[noreturn]] void refuse_in_declaration(std::string_view what) {
  throw migration_error(errc::invalid_migration, "declare() runs nothing, so " + std::string(what) +
                                                     " has no place in it; write it before or behind");
}

[[noreturn]] void refuse_unknown(std::string_view kind, std::string_view name, const std::string& known) {
  throw migration_error(errc::invalid_migration, "there is no " + std::string(kind) + " `" + std::string(name) +
                                                     "`; at this point there are: " + known);
}

/// The definition of that name, or one with nothing but the name: replaying then says that it is not there.
template <class Item>
Item named(const Item* found, std::string_view name) {
  if (found != nullptr) return *found;
  Item item;
  item.name = name;
  return item;
}

}  // namespace

pending_change schema_recorder::begin(schema_operation operation) {
  finish();
  pending_.push_back(std::move(operation));
  return {this, 0, 0, generation_};
}

pending_change schema_recorder::extend(const pending_change& to, schema_operation operation) {
  (void)pending(to);
  pending_.push_back(std::move(operation));
  return {this, pending_.size() - 1, 0, generation_};
}

void schema_recorder::finish() {
  ++generation_;
  std::vector<schema_operation> described = std::exchange(pending_, {});
  for (const schema_operation& operation : described) {
    if (idle(operation)) continue;
    schema_operation complete = operation.completed(state_);
    complete.apply_to(state_);
    if (!declaring_) {
      record_.steps.emplace_back(std::move(complete));
    } else if (std::holds_alternative<ddl::execute_sql>(complete.data)) {
      refuse_in_declaration("SQL");
    } else {
      record_.steps.emplace_back(declared_change{std::move(complete)});
    }
  }
}

void schema_recorder::set_declaring(bool declaring) {
  finish();
  declaring_ = declaring;
}

void schema_recorder::add_code(std::unique_ptr<migration_code> code) {
  finish();
  if (declaring_) refuse_in_declaration("code");
  record_.steps.emplace_back(std::shared_ptr<migration_code>(std::move(code)));
}

std::size_t schema_recorder::add_backfill(std::string_view table, std::string_view set, std::string_view where) {
  finish();
  if (declaring_) refuse_in_declaration("a backfill");
  const table_definition& of = this->table(table);
  const auto refuse = [&](const std::string& why) {
    throw migration_error(errc::invalid_migration, "backfill of `" + std::string(table) + "`: " + why);
  };
  if (of.primary_key.columns.size() != 1) refuse("it goes along the primary key, which has to be one column");
  const column_definition* key = of.find_column(of.primary_key.columns.front());
  if (key == nullptr || key->type.is(type_kind::bytes))
    refuse("its key has no order as text; write the batches in code");
  if (set.empty()) refuse("say what is written: \"city = 'Tupelo'\"");
  if (where.empty()) {
    refuse("say which rows are still to be written, \"city IS NULL\": that is how it goes on after a failure");
  }
  if (set.find('?') != std::string_view::npos || where.find('?') != std::string_view::npos) {
    refuse("`?` would be a parameter; name the function behind the operator");
  }
  backfill_step step;
  step.table = table;
  step.key = key->name;
  step.set = set;
  step.where = where;
  record_.steps.emplace_back(std::move(step));
  return record_.steps.size() - 1;
}

void schema_recorder::require(std::string_view query, std::string_view message) {
  finish();
  const auto refuse = [](const std::string& why) { throw migration_error(errc::invalid_migration, "require: " + why); };
  if (query.empty()) refuse("say a query for one truth: \"SELECT count(*) = 0 FROM users WHERE email IS NULL\"");
  if (message.empty()) refuse("say what is wrong when it does not hold, and what to do then");
  if (query.find('?') != std::string_view::npos)
    refuse("`?` would be a parameter; name the function behind the operator");
  record_.steps.emplace_back(required_state{std::string(query), std::string(message)});
}

void schema_recorder::set_outside() {
  finish();
  record_.outside_transaction = true;
}

void schema_recorder::set_irreversible(std::string_view reason) {
  finish();
  record_.irreversible = reason.empty() ? std::string_view("the migration says so") : reason;
}

void schema_recorder::allow(std::string_view code, std::string_view reason) {
  if (find_lint_rule(code) == nullptr) {
    throw migration_error(errc::invalid_migration,
                          "allow(\"" + std::string(code) + "\"): there is no such rule; `db lint --rules` lists them");
  }
  if (reason.empty()) {
    throw migration_error(errc::invalid_migration,
                          "allow(\"" + std::string(code) + "\") needs a reason: say why it does no harm here");
  }
  record_.allowed.push_back({std::string(code), std::string(reason)});
}

migration_record schema_recorder::take() {
  finish();
  const auto checks = std::count_if(record_.steps.begin(), record_.steps.end(), [](const recorded_step& step) {
    return std::holds_alternative<required_state>(step);
  });
  const auto all = static_cast<std::ptrdiff_t>(record_.steps.size()) - checks;
  const auto count = std::count_if(record_.steps.begin(), record_.steps.end(), is_concurrent);
  if (count != 0 && count != all && !record_.outside_transaction) {
    throw migration_error(
        errc::invalid_migration,
        "an index or unique constraint is built or dropped concurrently beside other changes; that cannot be part of "
        "their transaction: put it in a migration of its own, or say db.outside_transaction()");
  }
  const auto backfills = std::count_if(record_.steps.begin(), record_.steps.end(), [](const recorded_step& step) {
    return std::holds_alternative<backfill_step>(step);
  });
  if (backfills != 0 && backfills != all && !record_.outside_transaction) {
    throw migration_error(errc::invalid_migration,
                          "a backfill stands beside other changes; its batches cannot be part of their transaction: "
                          "put it in a migration of its own, or say db.outside_transaction()");
  }
  record_.after = std::move(state_);
  return std::move(record_);
}

const table_definition& schema_recorder::table(std::string_view name) const {
  const table_definition* found = state_.find(name);
  if (found == nullptr) {
    refuse_unknown("table", name, known_names(state_.tables));
  }
  return *found;
}

const enum_definition& schema_recorder::enum_type(std::string_view name) const {
  const enum_definition* found = state_.find_enum(name);
  if (found == nullptr) {
    refuse_unknown("enum", name, known_names(state_.enums));
  }
  return *found;
}

const composite_definition& schema_recorder::composite(std::string_view name) const {
  const composite_definition* found = state_.find_composite(name);
  if (found == nullptr) {
    refuse_unknown("composite type", name, known_names(state_.composites));
  }
  return *found;
}

schema_operation& schema_recorder::pending(const pending_change& change) {
  if (change.generation != generation_ || change.operation >= pending_.size()) {
    throw migration_error(
        errc::invalid_migration,
        "a column, index or key is refined after the next change has begun; say everything about it in "
        "the statement that adds it");
  }
  return pending_[change.operation];
}

pending_change begin_alter_column(schema_recorder& recorder, std::string_view table, std::string_view column) {
  recorder.finish();
  column_definition definition = named(recorder.table(table).find_column(column), column);
  if (recorder.table(table).find_column(column) == nullptr) {
    throw migration_error(errc::invalid_migration, "table `" + std::string(table) + "`: there is no column `" +
                                                       std::string(column) + "` to alter");
  }
  return recorder.begin(ddl::alter_column{std::string(table), definition, definition});
}

void drop_column(schema_recorder& recorder, std::string_view table, std::string_view column) {
  recorder.finish();
  recorder.begin(ddl::drop_column{std::string(table), named(recorder.table(table).find_column(column), column)});
}
void drop_index(schema_recorder& recorder, std::string_view table, std::string_view name, bool concurrently) {
  recorder.finish();
  const index_definition index = named(recorder.table(table).find_index(name), name);
  recorder.begin(ddl::drop_index{std::string(table), index, concurrently});
}
void drop_unique(schema_recorder& recorder, std::string_view table, std::string_view name, bool concurrently) {
  recorder.finish();
  const key_definition unique = named(recorder.table(table).find_unique(name), name);
  recorder.begin(ddl::drop_unique{std::string(table), unique, concurrently});
}
void drop_check(schema_recorder& recorder, std::string_view table, std::string_view name) {
  recorder.finish();
  recorder.begin(ddl::drop_check{std::string(table), named(recorder.table(table).find_check(name), name)});
}
void drop_exclusion(schema_recorder& recorder, std::string_view table, std::string_view name) {
  recorder.finish();
  recorder.begin(ddl::drop_exclusion{std::string(table), named(recorder.table(table).find_exclusion(name), name)});
}
void comment_table(schema_recorder& recorder, std::string_view table, std::string_view text) {
  recorder.finish();
  recorder.begin(ddl::comment_table{std::string(table), recorder.table(table).comment, std::string(text)});
}
void drop_foreign_key(schema_recorder& recorder, std::string_view table, std::string_view name) {
  recorder.finish();
  recorder.begin(ddl::drop_foreign_key{std::string(table), named(recorder.table(table).find_foreign_key(name), name)});
}
void change_primary_key(schema_recorder& recorder, std::string_view table, name_list columns, std::string_view name) {
  recorder.finish();
  key_definition key{std::string(name), strings(columns)};
  recorder.begin(ddl::change_primary_key{std::string(table), recorder.table(table).primary_key, std::move(key)});
}

std::vector<std::string> strings(name_list names) {
  std::vector<std::string> out;
  for (std::string_view name : names) out.emplace_back(name);
  return out;
}

std::vector<index_column> index_columns(name_list names) {
  std::vector<index_column> out;
  for (std::string_view name : names) out.push_back({std::string(name), false});
  return out;
}

index_definition search_index(std::string_view language, name_list columns) {
  index_definition index;
  index.language = language;
  index.columns = index_columns(columns);
  for (index_column& column : index.columns) column.weight = 'D';
  return index;
}

}  // namespace detail

std::vector<schema_operation> migration_record::operations() const {
  std::vector<schema_operation> out;
  for (const recorded_step& step : steps) {
    if (const auto* operation = std::get_if<schema_operation>(&step)) out.push_back(*operation);
  }
  return out;
}

std::string canonical_text(const std::vector<recorded_step>& steps, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const recorded_step& step = steps[i];
    if (std::holds_alternative<required_state>(step)) continue;
    const auto* operation = std::get_if<schema_operation>(&step);
    if (const auto* rows = std::get_if<backfill_step>(&step)) {
      out += rows->describe();
    } else if (const auto* declared = std::get_if<declared_change>(&step)) {
      out += "declare " + declared->operation.canonical();
    } else {
      out += operation != nullptr ? operation->canonical() : "run";
    }
    out += '\n';
  }
  return out;
}

std::string migration_record::canonical() const {
  std::string out = canonical_text(steps, steps.size());
  if (!irreversible.empty()) out += "irreversible\n";
  return out;
}

migration_record record_migration(void (*function)(schema_editor&), schema_definition before) {
  detail::schema_recorder recorder(std::move(before));
  schema_editor editor(recorder);
  function(editor);
  return recorder.take();
}

}  // namespace tupelo
