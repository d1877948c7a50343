// SPDX-License-Identifier: Apache-2.0
#include "source_writer.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tupelo {
namespace {

constexpr std::size_t line_limit = 100;

/// The columns before the first expression; the rest is said by write_index.
std::vector<std::string> leading_columns(const index_definition& index) {
  std::vector<std::string> names;
  for (const index_column& column : index.columns) {
    if (column.is_expression()) break;
    names.push_back(column.name);
  }
  return names;
}

std::string index_arguments(const index_definition& index) {
  const std::string columns = cpp_list(leading_columns(index));
  return index.is_search() ? cpp_literal(index.language) + ", " + columns : columns;
}

void write_foreign_key(call_chain& chain, const table_definition& table, const foreign_key_definition& key) {
  std::string columns =
      key.referenced_columns.size() == 1 ? cpp_literal(key.referenced_columns[0]) : cpp_list(key.referenced_columns);
  chain.then("references(" + cpp_literal(key.references) + ", " + columns + ")");
  if (key.on_delete != referential_action::no_action)
    chain.then("on_delete(" + std::string(cpp_action(key.on_delete)) + ")");
  if (key.on_update != referential_action::no_action)
    chain.then("on_update(" + std::string(cpp_action(key.on_update)) + ")");
  if (key.deferrable) chain.then("deferrable()");
  if (key.name != conventional_name(table, key)) chain.then("name(" + cpp_literal(key.name) + ")");
}

void write_index(call_chain& chain, const table_definition& table, const index_definition& index) {
  bool leading = true;
  for (const index_column& column : index.columns) {
    leading = leading && !column.is_expression();
    if (!leading) chain.then((column.is_expression() ? "expression(" : "column(") + cpp_literal(column.term()) + ")");
  }
  for (const index_column& column : index.columns) {
    const std::string term = cpp_literal(column.term());
    if (column.descending) chain.then("descending(" + term + ")");
    if (column.nulls == index_nulls::first) chain.then("nulls_first(" + term + ")");
    if (column.nulls == index_nulls::last) chain.then("nulls_last(" + term + ")");
    if (column.weight != 0 && column.weight != 'D') chain.then("weight(" + term + ", '" + column.weight + "')");
    if (!column.operator_class.empty()) {
      chain.then("operator_class(" + term + ", " + cpp_literal(column.operator_class) + ")");
    }
    if (!column.collation.empty()) chain.then("collation(" + term + ", " + cpp_literal(column.collation) + ")");
  }
  if (!index.method.empty()) chain.then("using_method(" + cpp_literal(index.method) + ")");
  if (!index.include.empty()) chain.then("include(" + cpp_list(index.include) + ")");
  if (index.unique) chain.then("unique()");
  if (index.nulls_not_distinct) chain.then("nulls_not_distinct()");
  if (!index.where.empty()) chain.then("where(" + cpp_literal(index.where) + ")");
  if (index.name != conventional_name(table, index)) chain.then("name(" + cpp_literal(index.name) + ")");
}

void write_unique(call_chain& chain, const table_definition& table, const key_definition& unique) {
  if (unique.nulls_not_distinct) chain.then("nulls_not_distinct()");
  if (unique.deferrable) chain.then("deferrable()");
  if (unique.name != conventional_name(table, unique)) chain.then("name(" + cpp_literal(unique.name) + ")");
}

/// The constraint's own calls behind the one that names it.
void write_exclusion(call_chain& chain, const exclusion_definition& exclusion) {
  for (const exclusion_term& term : exclusion.terms) {
    chain.then((term.of.is_expression() ? "with_expression(" : "with(") + cpp_literal(term.of.term()) + ", " +
               cpp_literal(term.with) + ")");
    if (!term.of.operator_class.empty()) chain.then("operator_class(" + cpp_literal(term.of.operator_class) + ")");
  }
  if (!exclusion.method.empty()) chain.then("using_method(" + cpp_literal(exclusion.method) + ")");
  if (!exclusion.where.empty()) chain.then("where(" + cpp_literal(exclusion.where) + ")");
  if (exclusion.deferrable) chain.then("deferrable()");
}

std::string cpp_foreign_key(const foreign_key_definition& key) {
  return key.columns.size() == 1 ? cpp_literal(key.columns[0]) : cpp_list(key.columns);
}

/// Whether it can be written as the column's own `.unique()`.
bool is_inline(const table_definition& table, const key_definition& unique) {
  return unique.columns.size() == 1 && unique.name == conventional_name(table, unique) && !unique.nulls_not_distinct &&
         !unique.deferrable;
}

/// Whether a constraint on this column alone is written beside it: its key, or a unique one of the usual name.
bool is_constrained_alone(const table_definition& table, const std::string& column) {
  const std::vector<std::string> alone{column};
  return table.primary_key.columns == alone ||
         std::any_of(table.uniques.begin(), table.uniques.end(),
                     [&](const key_definition& unique) { return unique.columns == alone && is_inline(table, unique); });
}

/// The pair that `t.timestamps()` stands for.
bool timestamps_at(const table_definition& table, std::size_t i) {
  if (i + 1 >= table.columns.size()) return false;
  if (is_constrained_alone(table, "created_at") || is_constrained_alone(table, "updated_at")) return false;
  column_definition created{.name = "created_at", .type = type_kind::timestamp};
  column_definition updated{.name = "updated_at", .type = type_kind::timestamp};
  return table.columns[i] == created && table.columns[i + 1] == updated;
}

}  // namespace

std::string call_chain::text(std::size_t indent) const {
  const std::string margin(indent, ' ');
  std::string line = margin;
  for (const std::string& part : parts_) line += part;
  if (line.size() < line_limit || parts_.size() == 1) return line + ";\n";
  std::string out = margin + parts_.front();
  for (std::size_t i = 1; i < parts_.size(); ++i) out += "\n" + margin + "    " + parts_[i];
  return out + ";\n";
}

std::string cpp_literal(std::string_view text) {
  bool raw = text.find('\n') != std::string_view::npos || std::count(text.begin(), text.end(), '"') > 2;
  if (raw && text.find(")sql\"") == std::string_view::npos) return "R\"sql(" + std::string(text) + ")sql\"";
  std::string out = "\"";
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out += '"';
}

std::string sql_name(std::string_view identifier) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool bare = std::all_of(identifier.begin(), identifier.end(), plain) && !identifier.empty() &&
                    (identifier[0] < '0' || identifier[0] > '9') && !is_sql_keyword(identifier);
  if (bare) return std::string(identifier);
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string cpp_default(const std::string& sql) {
  std::vector<sql_token> tokens = sql_tokens(sql);
  if (tokens.size() == 1 && tokens[0].kind == sql_token_kind::text && tokens[0].text == sql) {
    return "default_value(" + cpp_literal(tokens[0].value) + ")";
  }
  if (sql == "TRUE" || sql == "FALSE") return sql == "TRUE" ? "default_value(true)" : "default_value(false)";
  std::string_view digits = sql;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  bool integer = !digits.empty() && digits.size() < 10 &&
                 digits.find_first_not_of("0123456789") == std::string_view::npos &&
                 (digits.size() == 1 || digits[0] != '0');
  return integer ? "default_value(" + sql + ")" : "default_sql(" + cpp_literal(sql) + ")";
}

std::string cpp_list(const std::vector<std::string>& names) {
  std::string out = "{";
  for (const std::string& name : names) out += (out.size() == 1 ? "" : ", ") + cpp_literal(name);
  return out + "}";
}

std::string_view cpp_action(referential_action action) noexcept {
  switch (action) {
    case referential_action::no_action: return "tp::no_action";
    case referential_action::restrict: return "tp::restrict_delete";
    case referential_action::cascade: return "tp::cascade";
    case referential_action::set_null: return "tp::set_null";
    case referential_action::set_default: return "tp::set_default";
  }
  return "tp::no_action";
}

std::string cpp_type(const column_type& type, const std::string& argument) {
  auto call = [&](std::string_view name, const std::string& more = {}) {
    return std::string(name) + "(" + argument + (argument.empty() || more.empty() ? "" : ", ") + more + ")";
  };
  if (type.array) {
    column_type element = type;
    element.array = false;
    return cpp_type(element, argument) + ".array()";
  }
  switch (type.kind) {
    case type_kind::boolean: return call("boolean");
    case type_kind::int16: return call("small_integer");
    case type_kind::int32: return call("integer");
    case type_kind::int64: return call("big_integer");
    case type_kind::float32: return call("real");
    case type_kind::float64: return call("double_precision");
    case type_kind::text: return type.length > 0 ? call("varchar", std::to_string(type.length)) : call("text");
    case type_kind::bytes: return call("bytes");
    case type_kind::timestamp: return call("timestamp");
    case type_kind::date: return call("date");
    case type_kind::uuid: return call("uuid");
    case type_kind::decimal:
      if (type.precision == 0) return call("decimal");
      return call("decimal", std::to_string(type.precision) + ", " + std::to_string(type.scale));
    case type_kind::json: return call("json");
    case type_kind::native: return call("native", cpp_literal(type.native));
    case type_kind::time_of_day: return call("time_of_day");
    case type_kind::interval: return call("interval");
    case type_kind::native_or_text: return call("native_or_text", cpp_literal(type.native));
    case type_kind::enumeration: return call("enumeration", cpp_literal(type.native));
  }
  return call("text");
}

namespace {

void write_computed(call_chain& chain, const column_definition& column) {
  if (!column.is_computed()) return;
  chain.then("generated_as(" + cpp_literal(column.computed_sql) + ")");
  if (column.computed_at_read) chain.then("not_stored()");
}

std::string generated_call(const column_definition& column) {
  if (!column.identity) return "not_generated()";
  return column.identity_always ? "always_generated()" : "generated()";
}

}  // namespace

void write_traits(call_chain& chain, const column_definition& column) {
  if (column.nullable) chain.then("null()");
  if (column.identity) chain.then(generated_call(column));
  if (column.default_sql) chain.then(cpp_default(*column.default_sql));
  write_computed(chain, column);
  if (!column.collation.empty()) chain.then("collation(" + cpp_literal(column.collation) + ")");
  if (!column.comment.empty()) chain.then("comment(" + cpp_literal(column.comment) + ")");
}

std::string cpp_table(const table_definition& table, std::size_t indent) {
  std::string out;
  const bool single_key = table.primary_key.columns.size() == 1;
  const bool key_named =
      !table.primary_key.columns.empty() && table.primary_key.name != conventional_primary_key_name(table);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const column_definition& column = table.columns[i];
    if (timestamps_at(table, i)) {
      out += call_chain("t.timestamps()").text(indent);
      ++i;
      continue;
    }
    bool key = single_key && !key_named && table.primary_key.columns[0] == column.name;
    const bool unique_too = std::any_of(table.uniques.begin(), table.uniques.end(), [&](const key_definition& unique) {
      return unique.columns == table.primary_key.columns && is_inline(table, unique);
    });
    if (key && column.identity && !column.identity_always && column.type.kind == type_kind::int64 &&
        !column.default_sql && !unique_too && column.comment.empty()) {
      out += call_chain(column.name == "id" ? "t.id()" : "t.id(" + cpp_literal(column.name) + ")").text(indent);
      continue;
    }
    call_chain chain("t." + cpp_type(column.type, cpp_literal(column.name)));
    write_traits(chain, column);
    if (key) chain.then("primary_key()");
    for (const key_definition& unique : table.uniques) {
      if (is_inline(table, unique) && unique.columns[0] == column.name) chain.then("unique()");
    }
    out += chain.text(indent);
  }
  if (!table.primary_key.columns.empty() && (!single_key || key_named)) {
    std::string name = key_named ? ", " + cpp_literal(table.primary_key.name) : "";
    out += call_chain("t.primary_key(" + cpp_list(table.primary_key.columns) + name + ")").text(indent);
  }
  for (const key_definition& unique : table.uniques) {
    if (is_inline(table, unique)) continue;
    call_chain chain("t.unique(" + cpp_list(unique.columns) + ")");
    write_unique(chain, table, unique);
    out += chain.text(indent);
  }
  for (const index_definition& index : table.indexes) {
    call_chain chain(std::string(index.is_search() ? "t.search_index(" : "t.index(") + index_arguments(index) + ")");
    write_index(chain, table, index);
    out += chain.text(indent);
  }
  for (const check_definition& check : table.checks) {
    out += call_chain("t.check(" + cpp_literal(check.name) + ", " + cpp_literal(check.expression) + ")").text(indent);
  }
  for (const foreign_key_definition& key : table.foreign_keys) {
    call_chain chain("t.foreign_key(" + cpp_foreign_key(key) + ")");
    write_foreign_key(chain, table, key);
    out += chain.text(indent);
  }
  for (const exclusion_definition& exclusion : table.exclusions) {
    call_chain chain("t.exclude(" + cpp_literal(exclusion.name) + ")");
    write_exclusion(chain, exclusion);
    out += chain.text(indent);
  }
  if (!table.comment.empty()) out += call_chain("t.comment(" + cpp_literal(table.comment) + ")").text(indent);
  return out;
}

namespace {

/// Spells one change. `table_` knows the name, which is all that the naming convention asks for.
struct change_writer {
  bool through_table;
  table_definition table_{};

  /// `t.verb(arguments)` or `db.verb("table", arguments)`.
  call_chain call(std::string_view verb_of_table, std::string_view verb_of_schema, const std::string& arguments) const {
    if (through_table) return call_chain("t." + std::string(verb_of_table) + "(" + arguments + ")");
    std::string comma = arguments.empty() ? "" : ", ";
    return call_chain("db." + std::string(verb_of_schema) + "(" + cpp_literal(table_.name) + comma + arguments + ")");
  }
  call_chain call(std::string_view verb, const std::string& arguments) const { return call(verb, verb, arguments); }

  call_chain operator()(const ddl::create_table& o) const {
    return call_chain("db.create_table(" + cpp_literal(o.table.name) + ", [](tp::table_editor& t) {\n" +
                      cpp_table(o.table, 4) + "  })");
  }
  call_chain operator()(const ddl::drop_table& o) const {
    return call_chain("db.drop_table(" + cpp_literal(o.table.name) + ")");
  }
  call_chain operator()(const ddl::rename_table& o) const {
    return call_chain("db.rename_table(" + cpp_literal(o.from) + ", " + cpp_literal(o.to) + ")");
  }
  call_chain operator()(const ddl::add_exclusion& o) const {
    call_chain chain = call("exclude", "add_exclusion", cpp_literal(o.exclusion.name));
    write_exclusion(chain, o.exclusion);
    return chain;
  }
  call_chain operator()(const ddl::drop_exclusion& o) const {
    return call("drop_exclusion", cpp_literal(o.exclusion.name));
  }
  call_chain operator()(const ddl::comment_table& o) const {
    return call("comment", "comment_table", cpp_literal(o.to));
  }
  call_chain operator()(const ddl::create_enum& o) const {
    return call_chain("db.create_enum(" + cpp_literal(o.type.name) + ", " + cpp_list(o.type.values) + ")");
  }
  call_chain operator()(const ddl::drop_enum& o) const {
    return call_chain("db.drop_enum(" + cpp_literal(o.type.name) + ")");
  }
  call_chain operator()(const ddl::change_enum& o) const {
    return call_chain("db.change_enum(" + cpp_literal(o.to.name) + ", " + cpp_list(o.to.values) + ")");
  }
  call_chain operator()(const ddl::rename_enum_value& o) const {
    return call_chain("db.rename_enum_value(" + cpp_literal(o.type) + ", " + cpp_literal(o.from) + ", " +
                      cpp_literal(o.to) + ")");
  }
  static call_chain describe_composite(std::string_view verb, const composite_definition& type) {
    std::string out = "db." + std::string(verb) + "(" + cpp_literal(type.name) + ", [](tp::composite_editor& c) {\n";
    for (const composite_attribute& attribute : type.attributes) {
      out += "    c." + cpp_type(attribute.type, cpp_literal(attribute.name)) + ";\n";
    }
    return call_chain(out + "  })");
  }
  call_chain operator()(const ddl::create_composite& o) const { return describe_composite("create_composite", o.type); }
  call_chain operator()(const ddl::change_composite& o) const { return describe_composite("change_composite", o.to); }
  call_chain operator()(const ddl::drop_composite& o) const {
    return call_chain("db.drop_composite(" + cpp_literal(o.type.name) + ")");
  }
  call_chain operator()(const ddl::execute_sql& o) const { return call_chain("db.execute(" + cpp_literal(o.up) + ")"); }

  call_chain operator()(const ddl::add_column& o) const {
    call_chain chain = through_table ? call_chain("t." + cpp_type(o.column.type, cpp_literal(o.column.name)))
                                     : call("add_column", cpp_literal(o.column.name));
    if (!through_table) chain.then(cpp_type(o.column.type));
    write_traits(chain, o.column);
    return chain;
  }
  call_chain operator()(const ddl::drop_column& o) const { return call("drop_column", cpp_literal(o.column.name)); }
  call_chain operator()(const ddl::rename_column& o) const {
    return call("rename_column", cpp_literal(o.from) + ", " + cpp_literal(o.to));
  }
  call_chain operator()(const ddl::alter_column& o) const {
    call_chain chain = call("change", "alter_column", cpp_literal(o.to.name));
    if (o.from.type != o.to.type) chain.then(cpp_type(o.to.type));
    if (o.from.nullable != o.to.nullable) chain.then(o.to.nullable ? "null()" : "not_null()");
    if (o.from.identity != o.to.identity || o.from.identity_always != o.to.identity_always) {
      chain.then(generated_call(o.to));
    }
    if (o.from.default_sql != o.to.default_sql) {
      chain.then(o.to.default_sql ? cpp_default(*o.to.default_sql) : std::string("no_default()"));
    }
    if (o.from.computed_sql != o.to.computed_sql || o.from.computed_at_read != o.to.computed_at_read) {
      if (!o.to.is_computed()) chain.then("not_generated_as()");
      write_computed(chain, o.to);
    }
    if (o.from.collation != o.to.collation) chain.then("collation(" + cpp_literal(o.to.collation) + ")");
    if (o.from.comment != o.to.comment) chain.then("comment(" + cpp_literal(o.to.comment) + ")");
    return chain;
  }
  call_chain operator()(const ddl::add_index& o) const {
    const bool search = o.index.is_search();
    call_chain chain =
        call(search ? "search_index" : "index", search ? "add_search_index" : "add_index", index_arguments(o.index));
    write_index(chain, table_, o.index);
    if (o.concurrently) chain.then("concurrently()");
    return chain;
  }
  call_chain operator()(const ddl::drop_index& o) const {
    return call("drop_index", cpp_literal(o.index.name) + (o.concurrently ? ", tp::concurrently" : ""));
  }
  call_chain operator()(const ddl::add_unique& o) const {
    call_chain chain = call("unique", "add_unique", cpp_list(o.unique.columns));
    write_unique(chain, table_, o.unique);
    if (o.concurrently) chain.then("concurrently()");
    return chain;
  }
  call_chain operator()(const ddl::drop_unique& o) const {
    return call("drop_unique", cpp_literal(o.unique.name) + (o.concurrently ? ", tp::concurrently" : ""));
  }
  call_chain operator()(const ddl::rename_index& o) const {
    return call("rename_index", cpp_literal(o.from) + ", " + cpp_literal(o.to));
  }
  call_chain operator()(const ddl::rename_constraint& o) const {
    return call("rename_constraint", cpp_literal(o.from) + ", " + cpp_literal(o.to));
  }
  call_chain operator()(const ddl::validate_constraint& o) const { return call("validate", cpp_literal(o.name)); }
  call_chain operator()(const ddl::add_check& o) const {
    call_chain chain = call("check", "add_check", cpp_literal(o.check.name) + ", " + cpp_literal(o.check.expression));
    if (o.not_valid) chain.then("not_valid()");
    return chain;
  }
  call_chain operator()(const ddl::drop_check& o) const { return call("drop_check", cpp_literal(o.check.name)); }
  call_chain operator()(const ddl::add_foreign_key& o) const {
    call_chain chain = through_table ? call("foreign_key", cpp_foreign_key(o.foreign_key))
                                     : call("add_foreign_key", cpp_list(o.foreign_key.columns));
    write_foreign_key(chain, table_, o.foreign_key);
    if (o.not_valid) chain.then("not_valid()");
    return chain;
  }
  call_chain operator()(const ddl::drop_foreign_key& o) const {
    return call("drop_foreign_key", cpp_literal(o.foreign_key.name));
  }
  call_chain operator()(const ddl::change_primary_key& o) const {
    if (through_table && o.to.columns.empty()) return call_chain("t.drop_primary_key()");
    const bool named = o.to.name != conventional_primary_key_name(table_);
    return call("primary_key", cpp_list(o.to.columns) + (named ? ", " + cpp_literal(o.to.name) : std::string()));
  }
};

}  // namespace

call_chain cpp_change(const schema_operation& operation, bool through_table) {
  change_writer writer{through_table};
  writer.table_.name = operation.table();
  return std::visit(writer, operation.data);
}

}  // namespace tupelo
