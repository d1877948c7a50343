// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/table_editor.hpp"

#include "schema_recorder.hpp"

#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <charconv>
#include <utility>

namespace tupelo {
namespace {

ddl::create_table* creation(const detail::pending_change& change) {
  return std::get_if<ddl::create_table>(&change.recorder->pending(change).data);
}

/// The table that the change is part of.
std::string table_of(const detail::pending_change& change) {
  return std::string(change.recorder->pending(change).table());
}

[[noreturn]] void refuse(std::string message) { throw migration_error(errc::invalid_migration, std::move(message)); }

void require_rows(const detail::pending_change& change, const std::string& verb) {
  if (creation(change) == nullptr) return;
  refuse("table `" + table_of(change) + "`: a table that is being created has no rows; leave out " + verb);
}

}  // namespace

// ---- foreign keys

foreign_key_definition& foreign_key_editor::definition() {
  if (auto* create = creation(change_)) return create->table.foreign_keys.at(change_.part);
  return std::get<ddl::add_foreign_key>(change_.recorder->pending(change_).data).foreign_key;
}
foreign_key_editor& foreign_key_editor::references(std::string_view table, name_list columns) {
  definition().references = table;
  definition().referenced_columns = detail::strings(columns);
  return *this;
}
foreign_key_editor& foreign_key_editor::on_delete(referential_action action) {
  definition().on_delete = action;
  return *this;
}
foreign_key_editor& foreign_key_editor::on_update(referential_action action) {
  definition().on_update = action;
  return *this;
}
foreign_key_editor& foreign_key_editor::deferrable() {
  definition().deferrable = true;
  return *this;
}
foreign_key_editor& foreign_key_editor::name(std::string_view name) {
  definition().name = name;
  return *this;
}

foreign_key_editor& foreign_key_editor::not_valid() {
  require_rows(change_, "not_valid()");
  std::get<ddl::add_foreign_key>(change_.recorder->pending(change_).data).not_valid = true;
  return *this;
}

check_editor& check_editor::not_valid() {
  require_rows(change_, "not_valid()");
  std::get<ddl::add_check>(change_.recorder->pending(change_).data).not_valid = true;
  return *this;
}

// ---- exclusion constraints

exclusion_definition& exclusion_editor::definition() {
  if (auto* create = creation(change_)) return create->table.exclusions.at(change_.part);
  return std::get<ddl::add_exclusion>(change_.recorder->pending(change_).data).exclusion;
}
exclusion_editor& exclusion_editor::with(std::string_view column, std::string_view sql_operator) {
  exclusion_term& term = definition().terms.emplace_back();
  term.of.name = column;
  term.with = sql_operator;
  return *this;
}
exclusion_editor& exclusion_editor::with_expression(std::string_view sql, std::string_view sql_operator) {
  exclusion_term& term = definition().terms.emplace_back();
  term.of.expression = sql;
  term.with = sql_operator;
  return *this;
}
exclusion_editor& exclusion_editor::operator_class(std::string_view name) {
  auto& terms = definition().terms;
  if (terms.empty()) refuse("table `" + table_of(change_) + "`: operator_class() belongs behind with()");
  terms.back().of.operator_class = name;
  return *this;
}
exclusion_editor& exclusion_editor::where(std::string_view condition) {
  definition().where = condition;
  return *this;
}
exclusion_editor& exclusion_editor::using_method(std::string_view method) {
  definition().method = method == "gist" ? std::string_view() : method;
  return *this;
}
exclusion_editor& exclusion_editor::deferrable() {
  definition().deferrable = true;
  return *this;
}

// ---- indexes and unique constraints

index_definition& index_editor::definition() {
  if (auto* create = creation(change_)) return create->table.indexes.at(change_.part);
  return std::get<ddl::add_index>(change_.recorder->pending(change_).data).index;
}
index_editor& index_editor::unique() {
  definition().unique = true;
  return *this;
}
index_editor& index_editor::where(std::string_view condition) {
  definition().where = condition;
  return *this;
}
index_column& index_editor::term(std::string_view name, std::string_view verb) {
  for (index_column& of_index : definition().columns) {
    if (of_index.term() == name) return of_index;
  }
  refuse("table `" + table_of(change_) + "`: " + std::string(verb) + "(\"" + std::string(name) +
         "\") names neither a column nor an expression of the index");
}
index_editor& index_editor::expression(std::string_view sql) {
  definition().columns.emplace_back().expression = sql;
  return *this;
}
index_editor& index_editor::column(std::string_view column) {
  definition().columns.emplace_back().name = column;
  return *this;
}
index_editor& index_editor::descending(std::string_view of) {
  term(of, "descending").descending = true;
  return *this;
}
index_editor& index_editor::nulls_first(std::string_view of) {
  term(of, "nulls_first").nulls = index_nulls::first;
  return *this;
}
index_editor& index_editor::nulls_last(std::string_view of) {
  term(of, "nulls_last").nulls = index_nulls::last;
  return *this;
}
index_editor& index_editor::operator_class(std::string_view of, std::string_view name) {
  term(of, "operator_class").operator_class = name;
  return *this;
}
index_editor& index_editor::collation(std::string_view of, std::string_view name) {
  term(of, "collation").collation = name;
  return *this;
}
index_editor& index_editor::using_method(std::string_view method) {
  definition().method = method == "btree" ? std::string_view() : method;
  return *this;
}
index_editor& index_editor::include(name_list columns) {
  definition().include = detail::strings(columns);
  return *this;
}
index_editor& index_editor::nulls_not_distinct() {
  definition().nulls_not_distinct = true;
  return *this;
}
index_editor& index_editor::weight(std::string_view column, char letter) {
  term(column, "weight").weight = letter;
  return *this;
}
index_editor& index_editor::concurrently() {
  require_rows(change_, "concurrently()");
  std::get<ddl::add_index>(change_.recorder->pending(change_).data).concurrently = true;
  return *this;
}
index_editor& index_editor::name(std::string_view name) {
  definition().name = name;
  return *this;
}

key_definition& key_editor::definition() {
  if (auto* create = creation(change_)) return create->table.uniques.at(change_.part);
  return std::get<ddl::add_unique>(change_.recorder->pending(change_).data).unique;
}
key_editor& key_editor::name(std::string_view name) {
  definition().name = name;
  return *this;
}
key_editor& key_editor::nulls_not_distinct() {
  definition().nulls_not_distinct = true;
  return *this;
}
key_editor& key_editor::deferrable() {
  definition().deferrable = true;
  return *this;
}
key_editor& key_editor::concurrently() {
  require_rows(change_, "concurrently()");
  std::get<ddl::add_unique>(change_.recorder->pending(change_).data).concurrently = true;
  return *this;
}

// ---- columns

column_definition& column_editor::definition() {
  schema_operation& operation = change_.recorder->pending(change_);
  if (auto* create = std::get_if<ddl::create_table>(&operation.data)) return create->table.columns.at(change_.part);
  if (auto* alter = std::get_if<ddl::alter_column>(&operation.data)) return alter->to;
  return std::get<ddl::add_column>(operation.data).column;
}
column_editor& column_editor::type(column_type type) {
  definition().type = std::move(type);
  return *this;
}
column_editor& column_editor::array() {
  definition().type.array = true;
  return *this;
}
column_editor& column_editor::null() {
  definition().nullable = true;
  return *this;
}
column_editor& column_editor::not_null() {
  definition().nullable = false;
  return *this;
}
column_editor& column_editor::default_integer(std::int64_t value) { return default_sql(std::to_string(value)); }
column_editor& column_editor::default_value(double value) {
  char digits[32];
  std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value);
  return default_sql(std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)));
}
column_editor& column_editor::default_value(std::string_view text) { return default_sql(sql_text_literal(text)); }
column_editor& column_editor::default_sql(std::string_view sql) {
  definition().default_sql = sql;
  return *this;
}
column_editor& column_editor::no_default() {
  definition().default_sql.reset();
  return *this;
}
column_editor& column_editor::generated() {
  definition().identity = true;
  definition().identity_always = false;
  return *this;
}
column_editor& column_editor::always_generated() {
  definition().identity = definition().identity_always = true;
  return *this;
}
column_editor& column_editor::not_generated() {
  definition().identity = definition().identity_always = false;
  return *this;
}
column_editor& column_editor::generated_as(std::string_view sql) {
  definition().computed_sql = sql;
  definition().computed_at_read = false;
  return *this;
}
column_editor& column_editor::not_stored() {
  if (!definition().is_computed())
    refuse("table `" + table_of(change_) + "`: not_stored() belongs behind generated_as()");
  definition().computed_at_read = true;
  return *this;
}
column_editor& column_editor::comment(std::string_view text) {
  definition().comment = text;
  return *this;
}
column_editor& column_editor::collation(std::string_view name) {
  definition().collation = name;
  return *this;
}
column_editor& column_editor::not_generated_as() {
  definition().computed_sql.clear();
  definition().computed_at_read = false;
  return *this;
}

column_editor& column_editor::primary_key() {
  if (auto* create = creation(change_)) {
    create->table.primary_key.columns = {definition().name};
  } else {
    std::string table = table_of(change_);
    key_definition from = change_.recorder->table(table).primary_key;
    change_.recorder->extend(change_, ddl::change_primary_key{table, std::move(from), {"", {definition().name}}});
  }
  return *this;
}
column_editor& column_editor::unique() {
  key_definition unique{"", {definition().name}};
  if (auto* create = creation(change_)) {
    create->table.uniques.push_back(std::move(unique));
  } else {
    change_.recorder->extend(change_, ddl::add_unique{table_of(change_), std::move(unique)});
  }
  return *this;
}
column_editor& column_editor::index() {
  index_definition index;
  index.columns = {{definition().name, false}};
  if (auto* create = creation(change_)) {
    create->table.indexes.push_back(std::move(index));
  } else {
    change_.recorder->extend(change_, ddl::add_index{table_of(change_), std::move(index)});
  }
  return *this;
}
foreign_key_editor column_editor::references(std::string_view table, std::string_view column) {
  foreign_key_definition key;
  key.columns = {definition().name};
  key.references = table;
  key.referenced_columns = {std::string(column)};
  detail::pending_change part = change_;
  if (auto* create = creation(change_)) {
    part.part = create->table.foreign_keys.size();
    create->table.foreign_keys.push_back(std::move(key));
  } else {
    part = change_.recorder->extend(change_, ddl::add_foreign_key{table_of(change_), std::move(key)});
  }
  return foreign_key_editor(part);
}

// ---- tables

column_editor table_editor::id(std::string_view column) {
  column_editor made = add(column, type_kind::int64);
  return made.generated().primary_key();
}

column_editor table_editor::add(std::string_view column, column_type type) {
  column_definition definition;
  definition.name = column;
  definition.type = std::move(type);
  if (!creates_) {
    std::string table = change_.recorder->current_table();
    return column_editor(change_.recorder->begin(ddl::add_column{std::move(table), std::move(definition)}));
  }
  table_definition& table = creation(change_)->table;
  table.columns.push_back(std::move(definition));
  detail::pending_change part = change_;
  part.part = table.columns.size() - 1;
  return column_editor(part);
}

void table_editor::timestamps() {
  timestamp("created_at");
  timestamp("updated_at");
}

void table_editor::primary_key(name_list columns, std::string_view name) {
  if (creates_) {
    creation(change_)->table.primary_key = {std::string(name), detail::strings(columns)};
  } else {
    detail::change_primary_key(*change_.recorder, change_.recorder->current_table(), columns, name);
  }
}

key_editor table_editor::unique(name_list columns) {
  key_definition unique{"", detail::strings(columns)};
  if (!creates_) {
    return key_editor(change_.recorder->begin(ddl::add_unique{change_.recorder->current_table(), std::move(unique)}));
  }
  auto& uniques = creation(change_)->table.uniques;
  uniques.push_back(std::move(unique));
  detail::pending_change part = change_;
  part.part = uniques.size() - 1;
  return key_editor(part);
}

index_editor table_editor::search_index(std::string_view language, name_list columns) {
  return add(detail::search_index(language, columns));
}
index_editor table_editor::index(name_list columns) {
  index_definition index;
  index.columns = detail::index_columns(columns);
  return add(std::move(index));
}
index_editor table_editor::add(index_definition index) {
  if (!creates_) {
    return index_editor(change_.recorder->begin(ddl::add_index{change_.recorder->current_table(), std::move(index)}));
  }
  auto& indexes = creation(change_)->table.indexes;
  indexes.push_back(std::move(index));
  detail::pending_change part = change_;
  part.part = indexes.size() - 1;
  return index_editor(part);
}

check_editor table_editor::check(std::string_view name, std::string_view expression) {
  check_definition check{std::string(name), std::string(expression)};
  if (!creates_) {
    return check_editor(change_.recorder->begin(ddl::add_check{change_.recorder->current_table(), std::move(check)}));
  }
  creation(change_)->table.checks.push_back(std::move(check));
  return check_editor(change_);
}

foreign_key_editor table_editor::foreign_key(name_list columns) {
  foreign_key_definition key;
  key.columns = detail::strings(columns);
  if (!creates_) {
    std::string table = change_.recorder->current_table();
    return foreign_key_editor(change_.recorder->begin(ddl::add_foreign_key{std::move(table), std::move(key)}));
  }
  auto& keys = creation(change_)->table.foreign_keys;
  keys.push_back(std::move(key));
  detail::pending_change part = change_;
  part.part = keys.size() - 1;
  return foreign_key_editor(part);
}

exclusion_editor table_editor::exclude(std::string_view name) {
  exclusion_definition exclusion;
  exclusion.name = name;
  if (!creates_) {
    std::string table = change_.recorder->current_table();
    return exclusion_editor(change_.recorder->begin(ddl::add_exclusion{std::move(table), std::move(exclusion)}));
  }
  auto& exclusions = creation(change_)->table.exclusions;
  exclusions.push_back(std::move(exclusion));
  detail::pending_change part = change_;
  part.part = exclusions.size() - 1;
  return exclusion_editor(part);
}

void table_editor::comment(std::string_view text) {
  if (!creates_) return detail::comment_table(*change_.recorder, change_.recorder->current_table(), text);
  creation(change_)->table.comment = text;
}

namespace {

/// The table of alter_table. Errors: migration_error for a verb that a new table has no use for.
std::string altered(const detail::pending_change& change, bool creates, std::string_view verb) {
  if (creates)
    refuse("table `" + table_of(change) + "`: " + std::string(verb) + " belongs in alter_table, not in create_table");
  return change.recorder->current_table();
}

}  // namespace

column_editor table_editor::change(std::string_view column) {
  std::string table = altered(change_, creates_, "change");
  return column_editor(detail::begin_alter_column(*change_.recorder, table, column));
}
void table_editor::drop_column(std::string_view column) {
  detail::drop_column(*change_.recorder, altered(change_, creates_, "drop_column"), column);
}
void table_editor::rename_column(std::string_view from, std::string_view to) {
  std::string table = altered(change_, creates_, "rename_column");
  change_.recorder->begin(ddl::rename_column{std::move(table), std::string(from), std::string(to)});
}
void table_editor::drop_index(std::string_view name) {
  detail::drop_index(*change_.recorder, altered(change_, creates_, "drop_index"), name, false);
}
void table_editor::drop_index(std::string_view name, concurrently_tag) {
  detail::drop_index(*change_.recorder, altered(change_, creates_, "drop_index"), name, true);
}
void table_editor::rename_index(std::string_view from, std::string_view to) {
  std::string table = altered(change_, creates_, "rename_index");
  change_.recorder->begin(ddl::rename_index{std::move(table), std::string(from), std::string(to)});
}
void table_editor::drop_unique(std::string_view name) {
  detail::drop_unique(*change_.recorder, altered(change_, creates_, "drop_unique"), name, false);
}
void table_editor::drop_unique(std::string_view name, concurrently_tag) {
  detail::drop_unique(*change_.recorder, altered(change_, creates_, "drop_unique"), name, true);
}
void table_editor::drop_check(std::string_view name) {
  detail::drop_check(*change_.recorder, altered(change_, creates_, "drop_check"), name);
}
void table_editor::drop_exclusion(std::string_view name) {
  detail::drop_exclusion(*change_.recorder, altered(change_, creates_, "drop_exclusion"), name);
}
void table_editor::drop_foreign_key(std::string_view name) {
  detail::drop_foreign_key(*change_.recorder, altered(change_, creates_, "drop_foreign_key"), name);
}
void table_editor::rename_constraint(std::string_view from, std::string_view to) {
  std::string table = altered(change_, creates_, "rename_constraint");
  change_.recorder->begin(ddl::rename_constraint{std::move(table), std::string(from), std::string(to)});
}
void table_editor::validate(std::string_view constraint) {
  std::string table = altered(change_, creates_, "validate");
  change_.recorder->begin(ddl::validate_constraint{std::move(table), std::string(constraint)});
}
void table_editor::drop_primary_key() {
  detail::change_primary_key(*change_.recorder, altered(change_, creates_, "drop_primary_key"), {}, {});
}

}  // namespace tupelo
