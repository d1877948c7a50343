// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/schema_operation.hpp"

#include "definition_words.hpp"

#include "tupelo/query/definition_text.hpp"
#include "tupelo/query/sql_text.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

// ---- text ------------------------------------------------------------------------------------------------------------

using detail::joined;
using detail::quoted;

std::string first_line(std::string_view sql) {
  const std::string_view line = detail::beginning(sql.substr(0, sql.find('\n')), 60);
  return std::string(line) + (line.size() < sql.size() ? " …" : "");
}

std::string concurrently_text(bool concurrently) { return concurrently ? " concurrently" : ""; }
std::string not_valid_text(bool not_valid) { return not_valid ? " not valid" : ""; }

// ---- canonical text: every string quoted, so that no two different operations look alike ---------------------------------

std::string canonical(const std::vector<std::string>& names) {
  std::string out = "(";
  for (const std::string& name : names) out += (out.size() == 1 ? "" : " ") + quoted(name);
  return out + ")";
}

std::string canonical(const column_definition& column) {
  std::string out = quoted(column.name) + ":" + quoted(column.type.to_string());
  if (column.nullable) out += " null";
  if (column.identity) out += " identity";
  if (column.identity_always) out += " always";
  if (!column.collation.empty()) out += " collation=" + quoted(column.collation);
  if (column.default_sql) out += " default=" + quoted(canonical_sql(*column.default_sql));
  if (column.is_computed()) {
    out += (column.computed_at_read ? " at_read=" : " computed=") + quoted(canonical_sql(column.computed_sql));
  }
  if (!column.comment.empty()) out += " comment=" + quoted(column.comment);
  return out;
}

std::string canonical(const key_definition& key) {
  return quoted(key.name) + canonical(key.columns) + (key.nulls_not_distinct ? " nulls_not_distinct" : "") +
         (key.deferrable ? " deferrable" : "");
}

std::string canonical(const index_column& column) {
  std::string out = column.is_expression() ? "=" + quoted(canonical_sql(column.expression)) : quoted(column.name);
  out += column.descending ? "-" : "+";
  if (column.nulls != index_nulls::smallest) out += column.nulls == index_nulls::first ? "first" : "last";
  if (!column.operator_class.empty()) out += quoted(column.operator_class);
  if (column.weight != 0) out += column.weight;
  if (!column.collation.empty()) out += "collation=" + quoted(column.collation);
  return out;
}

std::string canonical(const index_definition& index) {
  std::string out = quoted(index.name) + "(";
  for (const index_column& column : index.columns) out += canonical(column);
  out += index.unique ? ") unique" : ")";
  if (!index.method.empty()) out += " using=" + quoted(index.method);
  if (index.is_search()) out += " search=" + quoted(index.language);
  if (!index.include.empty()) out += " include" + canonical(index.include);
  if (index.nulls_not_distinct) out += " nulls_not_distinct";
  if (!index.where.empty()) out += " where=" + quoted(canonical_sql(index.where));
  return out;
}

std::string canonical(const check_definition& check) {
  return quoted(check.name) + "=" + quoted(canonical_sql(check.expression));
}

std::string canonical(const foreign_key_definition& key) {
  return quoted(key.name) + canonical(key.columns) + "->" + quoted(key.references) + canonical(key.referenced_columns) +
         " delete=" + quoted(name_of(key.on_delete)) + " update=" + quoted(name_of(key.on_update)) +
         (key.deferrable ? " deferrable" : "");
}

std::string canonical(const exclusion_definition& exclusion) {
  std::string out = quoted(exclusion.name) + "(";
  for (const exclusion_term& term : exclusion.terms) out += canonical(term.of) + quoted(term.with);
  out += ")";
  if (!exclusion.method.empty()) out += " using=" + quoted(exclusion.method);
  if (!exclusion.where.empty()) out += " where=" + quoted(canonical_sql(exclusion.where));
  return exclusion.deferrable ? out + " deferrable" : out;
}

std::string canonical(const enum_definition& type) { return quoted(type.name) + canonical(type.values); }

std::string canonical(const composite_definition& type) {
  std::string out = quoted(type.name) + "(";
  for (const composite_attribute& attribute : type.attributes) {
    out += (out.ends_with('(') ? "" : " ") + quoted(attribute.name) + ":" + quoted(attribute.type.to_string());
  }
  return out + ")";
}

std::string canonical(const table_definition& table) {
  std::string out = quoted(table.name);
  for (const auto& column : table.columns) out += " column " + canonical(column);
  if (!table.primary_key.columns.empty()) out += " key " + canonical(table.primary_key);
  for (const auto& unique : table.uniques) out += " unique " + canonical(unique);
  for (const auto& index : table.indexes) out += " index " + canonical(index);
  for (const auto& check : table.checks) out += " check " + canonical(check);
  for (const auto& key : table.foreign_keys) out += " foreign_key " + canonical(key);
  for (const auto& exclusion : table.exclusions) out += " exclusion " + canonical(exclusion);
  if (!table.comment.empty()) out += " comment=" + quoted(table.comment);
  return out;
}

}  // namespace

std::string schema_operation::irreversible_reason() const {
  const auto* sql = std::get_if<ddl::execute_sql>(&data);
  if (sql == nullptr || !sql->down.empty()) return {};
  return "nothing says how to take back the SQL `" + first_line(sql->up) + "`";
}

bool schema_operation::concurrently() const noexcept {
  const auto* add = std::get_if<ddl::add_index>(&data);
  const auto* drop = std::get_if<ddl::drop_index>(&data);
  const auto* unique = std::get_if<ddl::add_unique>(&data);
  const auto* no_unique = std::get_if<ddl::drop_unique>(&data);
  return (add != nullptr && add->concurrently) || (drop != nullptr && drop->concurrently) ||
         (unique != nullptr && unique->concurrently) || (no_unique != nullptr && no_unique->concurrently);
}

schema_operation schema_operation::inverse() const {
  using namespace ddl;
  if (std::string reason = irreversible_reason(); !reason.empty()) {
    throw migration_error(errc::migration_irreversible, reason);
  }
  return std::visit(
      overloaded{
          [](const create_table& o) -> schema_operation { return drop_table{o.table}; },
          [](const drop_table& o) -> schema_operation { return create_table{o.table}; },
          [](const rename_table& o) -> schema_operation { return rename_table{o.to, o.from}; },
          [](const add_column& o) -> schema_operation { return drop_column{o.table, o.column}; },
          [](const drop_column& o) -> schema_operation { return add_column{o.table, o.column}; },
          [](const rename_column& o) -> schema_operation { return rename_column{o.table, o.to, o.from}; },
          [](const alter_column& o) -> schema_operation { return alter_column{o.table, o.to, o.from}; },
          [](const add_index& o) -> schema_operation { return drop_index{o.table, o.index, o.concurrently}; },
          [](const drop_index& o) -> schema_operation { return add_index{o.table, o.index, o.concurrently}; },
          [](const rename_index& o) -> schema_operation { return rename_index{o.table, o.to, o.from}; },
          [](const add_unique& o) -> schema_operation { return drop_unique{o.table, o.unique, o.concurrently}; },
          [](const drop_unique& o) -> schema_operation { return add_unique{o.table, o.unique, o.concurrently}; },
          [](const add_check& o) -> schema_operation { return drop_check{o.table, o.check, o.not_valid}; },
          [](const drop_check& o) -> schema_operation { return add_check{o.table, o.check, o.not_valid}; },
          [](const add_foreign_key& o) -> schema_operation {
            return drop_foreign_key{o.table, o.foreign_key, o.not_valid};
          },
          [](const drop_foreign_key& o) -> schema_operation {
            return add_foreign_key{o.table, o.foreign_key, o.not_valid};
          },
          [](const rename_constraint& o) -> schema_operation { return rename_constraint{o.table, o.to, o.from}; },
          [](const validate_constraint& o) -> schema_operation { return o; },
          [](const change_primary_key& o) -> schema_operation { return change_primary_key{o.table, o.to, o.from}; },
          [](const execute_sql& o) -> schema_operation { return execute_sql{o.down, o.up}; },
          [](const add_exclusion& o) -> schema_operation { return drop_exclusion{o.table, o.exclusion}; },
          [](const drop_exclusion& o) -> schema_operation { return add_exclusion{o.table, o.exclusion}; },
          [](const comment_table& o) -> schema_operation { return comment_table{o.table, o.to, o.from}; },
          [](const create_enum& o) -> schema_operation { return drop_enum{o.type}; },
          [](const drop_enum& o) -> schema_operation { return create_enum{o.type}; },
          [](const change_enum& o) -> schema_operation { return change_enum{o.to, o.from}; },
          [](const rename_enum_value& o) -> schema_operation { return rename_enum_value{o.type, o.to, o.from}; },
          [](const create_composite& o) -> schema_operation { return drop_composite{o.type}; },
          [](const drop_composite& o) -> schema_operation { return create_composite{o.type}; },
          [](const change_composite& o) -> schema_operation { return change_composite{o.to, o.from}; },
      },
      data);
}

std::string_view schema_operation::table() const noexcept {
  using namespace ddl;
  return std::visit(overloaded{
                        [](const create_table& o) -> std::string_view { return o.table.name; },
                        [](const drop_table& o) -> std::string_view { return o.table.name; },
                        [](const rename_table& o) -> std::string_view { return o.from; },
                        [](const auto& o) -> std::string_view {
                          if constexpr (requires { o.table; }) return o.table;
                          return {};
                        },
                    },
                    data);
}

std::string schema_operation::describe() const {
  using namespace ddl;
  return std::visit(
      overloaded{
          [](const create_table& o) {
            return "create table " + o.table.name + " (" + std::to_string(o.table.columns.size()) + " columns)";
          },
          [](const drop_table& o) { return "drop table " + o.table.name; },
          [](const rename_table& o) { return "rename table " + o.from + " to " + o.to; },
          [](const add_column& o) {
            return "add column " + o.table + "." + o.column.name + " (" + text_of(o.column) + ")";
          },
          [](const drop_column& o) { return "drop column " + o.table + "." + o.column.name; },
          [](const rename_column& o) { return "rename column " + o.table + "." + o.from + " to " + o.to; },
          [](const alter_column& o) {
            return "alter column " + o.table + "." + o.to.name + ": " + text_of(o.from) + " → " + text_of(o.to);
          },
          [](const add_index& o) {
            return "add " + text_of(o.index) + " on " + o.table + concurrently_text(o.concurrently);
          },
          [](const drop_index& o) {
            return "drop index " + o.index.name + " on " + o.table + concurrently_text(o.concurrently);
          },
          [](const add_unique& o) {
            return "add unique " + o.unique.name + " (" + joined(o.unique.columns) + ") on " + o.table +
                   (o.unique.nulls_not_distinct ? " nulls not distinct" : "") +
                   (o.unique.deferrable ? " deferrable" : "") + concurrently_text(o.concurrently);
          },
          [](const drop_unique& o) {
            return "drop unique " + o.unique.name + " on " + o.table + concurrently_text(o.concurrently);
          },
          [](const rename_index& o) { return "rename index " + o.from + " to " + o.to + " on " + o.table; },
          [](const rename_constraint& o) { return "rename constraint " + o.from + " to " + o.to + " on " + o.table; },
          [](const validate_constraint& o) { return "validate constraint " + o.name + " on " + o.table; },
          [](const add_check& o) {
            return "add check " + o.check.name + " (" + o.check.expression + ") on " + o.table +
                   not_valid_text(o.not_valid);
          },
          [](const drop_check& o) { return "drop check " + o.check.name + " on " + o.table; },
          [](const add_foreign_key& o) {
            return "add foreign key " + o.foreign_key.name + " " + text_of(o.foreign_key) + " on " + o.table +
                   not_valid_text(o.not_valid);
          },
          [](const drop_foreign_key& o) { return "drop foreign key " + o.foreign_key.name + " on " + o.table; },
          [](const change_primary_key& o) {
            return "change primary key of " + o.table + " from (" + joined(o.from.columns) + ") to (" +
                   joined(o.to.columns) + ")";
          },
          [](const execute_sql& o) { return "execute " + first_line(o.up); },
          [](const add_exclusion& o) { return "add exclusion " + text_of(o.exclusion) + " on " + o.table; },
          [](const drop_exclusion& o) { return "drop exclusion " + o.exclusion.name + " on " + o.table; },
          [](const comment_table& o) { return "comment table " + o.table + ": " + quoted(o.to); },
          [](const create_enum& o) { return "create enum " + o.type.name + " (" + joined(o.type.values) + ")"; },
          [](const drop_enum& o) { return "drop enum " + o.type.name; },
          [](const change_enum& o) {
            return "change enum " + o.to.name + " from (" + joined(o.from.values) + ") to (" + joined(o.to.values) +
                   ")";
          },
          [](const rename_enum_value& o) { return "rename value " + o.from + " of enum " + o.type + " to " + o.to; },
          [](const create_composite& o) { return "create composite " + o.type.name + " (" + text_of(o.type) + ")"; },
          [](const drop_composite& o) { return "drop composite " + o.type.name; },
          [](const change_composite& o) {
            return "change composite " + o.to.name + " from (" + text_of(o.from) + ") to (" + text_of(o.to) + ")";
          },
      },
      data);
}

std::string schema_operation::canonical() const {
  using namespace ddl;
  using tupelo::canonical;
  return std::visit(
      overloaded{
          [](const create_table& o) { return "create_table " + canonical(o.table); },
          [](const drop_table& o) { return "drop_table " + quoted(o.table.name); },
          [](const rename_table& o) { return "rename_table " + quoted(o.from) + " " + quoted(o.to); },
          [](const add_column& o) { return "add_column " + quoted(o.table) + " " + canonical(o.column); },
          [](const drop_column& o) { return "drop_column " + quoted(o.table) + " " + quoted(o.column.name); },
          [](const rename_column& o) {
            return "rename_column " + quoted(o.table) + " " + quoted(o.from) + " " + quoted(o.to);
          },
          [](const alter_column& o) { return "alter_column " + quoted(o.table) + " " + canonical(o.to); },
          [](const add_index& o) {
            return "add_index " + quoted(o.table) + " " + canonical(o.index) + concurrently_text(o.concurrently);
          },
          [](const drop_index& o) {
            return "drop_index " + quoted(o.table) + " " + quoted(o.index.name) + concurrently_text(o.concurrently);
          },
          [](const rename_index& o) {
            return "rename_index " + quoted(o.table) + " " + quoted(o.from) + " " + quoted(o.to);
          },
          [](const add_unique& o) {
            return "add_unique " + quoted(o.table) + " " + canonical(o.unique) + concurrently_text(o.concurrently);
          },
          [](const drop_unique& o) {
            return "drop_unique " + quoted(o.table) + " " + quoted(o.unique.name) + concurrently_text(o.concurrently);
          },
          [](const rename_constraint& o) {
            return "rename_constraint " + quoted(o.table) + " " + quoted(o.from) + " " + quoted(o.to);
          },
          [](const validate_constraint& o) { return "validate_constraint " + quoted(o.table) + " " + quoted(o.name); },
          [](const add_check& o) {
            return "add_check " + quoted(o.table) + " " + canonical(o.check) + not_valid_text(o.not_valid);
          },
          [](const drop_check& o) { return "drop_check " + quoted(o.table) + " " + quoted(o.check.name); },
          [](const add_foreign_key& o) {
            return "add_foreign_key " + quoted(o.table) + " " + canonical(o.foreign_key) + not_valid_text(o.not_valid);
          },
          [](const drop_foreign_key& o) {
            return "drop_foreign_key " + quoted(o.table) + " " + quoted(o.foreign_key.name);
          },
          [](const change_primary_key& o) { return "change_primary_key " + quoted(o.table) + " " + canonical(o.to); },
          [](const execute_sql& o) { return "execute " + quoted(o.up) + " " + quoted(o.down); },
          [](const add_exclusion& o) { return "add_exclusion " + quoted(o.table) + " " + canonical(o.exclusion); },
          [](const drop_exclusion& o) { return "drop_exclusion " + quoted(o.table) + " " + quoted(o.exclusion.name); },
          [](const comment_table& o) { return "comment_table " + quoted(o.table) + " " + quoted(o.to); },
          [](const create_enum& o) { return "create_enum " + canonical(o.type); },
          [](const drop_enum& o) { return "drop_enum " + quoted(o.type.name); },
          [](const change_enum& o) { return "change_enum " + canonical(o.to); },
          [](const rename_enum_value& o) {
            return "rename_enum_value " + quoted(o.type) + " " + quoted(o.from) + " " + quoted(o.to);
          },
          [](const create_composite& o) { return "create_composite " + canonical(o.type); },
          [](const drop_composite& o) { return "drop_composite " + quoted(o.type.name); },
          [](const change_composite& o) { return "change_composite " + canonical(o.to); },
      },
      data);
}

std::vector<schema_operation> inverse_of(const std::vector<schema_operation>& operations) {
  std::vector<schema_operation> inverses;
  inverses.reserve(operations.size());
  for (auto it = operations.rbegin(); it != operations.rend(); ++it) {
    if (!std::holds_alternative<ddl::validate_constraint>(it->data)) inverses.push_back(it->inverse());
  }
  return inverses;
}

void apply_all(const std::vector<schema_operation>& operations, schema_definition& schema) {
  schema_definition changed = schema;
  for (const schema_operation& operation : operations) operation.apply_to(changed);
  schema = std::move(changed);
}

}  // namespace tupelo
