// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/schema_editor.hpp"

#include "schema_recorder.hpp"

#include <memory>

namespace tupelo {

table_editor schema_editor::begin_table(std::string_view table) {
  ddl::create_table create;
  create.table.name = table;
  return table_editor(recorder_->begin(std::move(create)), true);
}

table_editor schema_editor::alter(std::string_view table) {
  recorder_->finish();
  (void)recorder_->table(table);
  recorder_->set_current_table(table);
  return table_editor(detail::pending_change{recorder_, 0, 0, 0}, false);
}

void schema_editor::finish() { recorder_->finish(); }

void schema_editor::drop_table(std::string_view table) {
  recorder_->finish();
  recorder_->begin(ddl::drop_table{recorder_->table(table)});
}

void schema_editor::rename_table(std::string_view from, std::string_view to) {
  recorder_->begin(ddl::rename_table{std::string(from), std::string(to)});
}

column_editor schema_editor::add_column(std::string_view table, std::string_view column) {
  ddl::add_column add;
  add.table = table;
  add.column.name = column;
  return column_editor(recorder_->begin(std::move(add)));
}

column_editor schema_editor::alter_column(std::string_view table, std::string_view column) {
  return column_editor(detail::begin_alter_column(*recorder_, table, column));
}

void schema_editor::drop_column(std::string_view table, std::string_view column) {
  detail::drop_column(*recorder_, table, column);
}

void schema_editor::rename_column(std::string_view table, std::string_view from, std::string_view to) {
  recorder_->begin(ddl::rename_column{std::string(table), std::string(from), std::string(to)});
}

index_editor schema_editor::add_index(std::string_view table, name_list columns) {
  ddl::add_index add;
  add.table = table;
  add.index.columns = detail::index_columns(columns);
  return index_editor(recorder_->begin(std::move(add)));
}

index_editor schema_editor::add_search_index(std::string_view table, std::string_view language, name_list columns) {
  return index_editor(recorder_->begin(ddl::add_index{std::string(table), detail::search_index(language, columns)}));
}

void schema_editor::drop_index(std::string_view table, std::string_view name) {
  detail::drop_index(*recorder_, table, name, false);
}
void schema_editor::drop_index(std::string_view table, std::string_view name, concurrently_tag) {
  detail::drop_index(*recorder_, table, name, true);
}

key_editor schema_editor::add_unique(std::string_view table, name_list columns) {
  return key_editor(recorder_->begin(ddl::add_unique{std::string(table), {"", detail::strings(columns)}}));
}

void schema_editor::rename_index(std::string_view table, std::string_view from, std::string_view to) {
  recorder_->begin(ddl::rename_index{std::string(table), std::string(from), std::string(to)});
}

void schema_editor::drop_unique(std::string_view table, std::string_view name) {
  detail::drop_unique(*recorder_, table, name, false);
}
void schema_editor::drop_unique(std::string_view table, std::string_view name, concurrently_tag) {
  detail::drop_unique(*recorder_, table, name, true);
}

check_editor schema_editor::add_check(std::string_view table, std::string_view name, std::string_view expression) {
  return check_editor(
      recorder_->begin(ddl::add_check{std::string(table), {std::string(name), std::string(expression)}}));
}

void schema_editor::drop_check(std::string_view table, std::string_view name) {
  detail::drop_check(*recorder_, table, name);
}

exclusion_editor schema_editor::add_exclusion(std::string_view table, std::string_view name) {
  ddl::add_exclusion add;
  add.table = table;
  add.exclusion.name = name;
  return exclusion_editor(recorder_->begin(std::move(add)));
}

void schema_editor::drop_exclusion(std::string_view table, std::string_view name) {
  detail::drop_exclusion(*recorder_, table, name);
}

void schema_editor::comment_table(std::string_view table, std::string_view text) {
  detail::comment_table(*recorder_, table, text);
}

void schema_editor::create_enum(std::string_view name, name_list values) {
  recorder_->begin(ddl::create_enum{{std::string(name), detail::strings(values)}});
}

void schema_editor::drop_enum(std::string_view name) {
  recorder_->finish();
  recorder_->begin(ddl::drop_enum{recorder_->enum_type(name)});
}

void schema_editor::change_enum(std::string_view name, name_list values) {
  recorder_->finish();
  recorder_->begin(ddl::change_enum{recorder_->enum_type(name), {std::string(name), detail::strings(values)}});
}

void schema_editor::rename_enum_value(std::string_view name, std::string_view from, std::string_view to) {
  recorder_->begin(ddl::rename_enum_value{std::string(name), std::string(from), std::string(to)});
}

void schema_editor::create(const composite_definition& type) { recorder_->begin(ddl::create_composite{type}); }

void schema_editor::drop_composite(std::string_view name) {
  recorder_->finish();
  recorder_->begin(ddl::drop_composite{recorder_->composite(name)});
}

void schema_editor::change(const composite_definition& type) {
  recorder_->finish();
  recorder_->begin(ddl::change_composite{recorder_->composite(type.name), type});
}

foreign_key_editor schema_editor::add_foreign_key(std::string_view table, name_list columns) {
  ddl::add_foreign_key add;
  add.table = table;
  add.foreign_key.columns = detail::strings(columns);
  return foreign_key_editor(recorder_->begin(std::move(add)));
}

void schema_editor::drop_foreign_key(std::string_view table, std::string_view name) {
  detail::drop_foreign_key(*recorder_, table, name);
}

void schema_editor::rename_constraint(std::string_view table, std::string_view from, std::string_view to) {
  recorder_->begin(ddl::rename_constraint{std::string(table), std::string(from), std::string(to)});
}

void schema_editor::validate(std::string_view table, std::string_view constraint) {
  recorder_->begin(ddl::validate_constraint{std::string(table), std::string(constraint)});
}

void schema_editor::primary_key(std::string_view table, name_list columns) {
  detail::change_primary_key(*recorder_, table, columns, {});
}

void schema_editor::execute(std::string_view sql) { recorder_->begin(ddl::execute_sql{std::string(sql), {}}); }

void schema_editor::add_code(detail::migration_code* code) {
  recorder_->add_code(std::unique_ptr<detail::migration_code>(code));
}

void schema_editor::set_declaring(bool declaring) { recorder_->set_declaring(declaring); }

void schema_editor::require(std::string_view query, std::string_view message) { recorder_->require(query, message); }
void schema_editor::outside_transaction() { recorder_->set_outside(); }

void schema_editor::allow(std::string_view rule, std::string_view reason) { recorder_->allow(rule, reason); }

backfill_editor schema_editor::backfill(std::string_view table, std::string_view set, std::string_view where) {
  return backfill_editor(recorder_, recorder_->add_backfill(table, set, where));
}
backfill_editor& backfill_editor::batch(std::uint32_t rows) {
  recorder_->backfill(step_).batch_rows = rows == 0 ? 1 : rows;
  return *this;
}
backfill_editor& backfill_editor::pause_ms(std::uint32_t milliseconds) {
  recorder_->backfill(step_).pause_us = std::int64_t{milliseconds} * 1'000;
  return *this;
}

void schema_editor::irreversible(std::string_view reason) { recorder_->set_irreversible(reason); }

}  // namespace tupelo
