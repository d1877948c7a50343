// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/ddl.hpp"

#include "alter_column.hpp"
#include "expression.hpp"

#include "tupelo/dialect/postgres/introspection.hpp"
#include <tupelo/query/sql_text.hpp>

#include <utility>

namespace tupelo::postgres {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quote_identifier(name);
  return out;
}

std::string constraint_name(std::string_view name) { return "CONSTRAINT " + quote_identifier(name) + " "; }

std::string action_text(std::string_view event, referential_action action) {
  if (action == referential_action::no_action) return {};
  std::string out = " ON " + std::string(event) + " ";
  for (char c : name_of(action)) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string key_text(const key_definition& key, std::string_view what) {
  return constraint_name(key.name) + std::string(what) + " (" + quoted_list(key.columns) + ")";
}

std::string check_text(const table_definition& table, const check_definition& check) {
  return constraint_name(check.name) + "CHECK (" + expression_sql(table, check.expression) + ")";
}

std::string foreign_key_text(const foreign_key_definition& key) {
  std::string out = constraint_name(key.name) + "FOREIGN KEY (" + quoted_list(key.columns) + ") REFERENCES " +
                    quote_identifier(key.references) + " (" + quoted_list(key.referenced_columns) + ")";
  out += action_text("DELETE", key.on_delete) + action_text("UPDATE", key.on_update);
  return key.deferrable ? out + " DEFERRABLE INITIALLY DEFERRED" : out;
}

/// The column a word of neutral text means: case counts only where it tells two apart.
const column_definition* meant(const table_definition& table, std::string_view word) noexcept {
  if (const column_definition* exact = table.find_column(word)) return exact;
  for (const column_definition& column : table.columns) {
    if (equal_identifiers(column.name, word)) return &column;
  }
  return nullptr;
}

class renderer {
public:
  explicit renderer(const schema_definition& before) : state_(before) {}

  void run(const std::vector<schema_operation>& operations) {
    for (const schema_operation& operation : operations) {
      const schema_operation complete = operation.completed(state_);
      schema_definition after = state_;
      complete.apply_to(after);
      std::visit([&](const auto& o) { statement(o); }, complete.data);
      state_ = std::move(after);
    }
  }

  std::vector<ddl_statement> take() { return std::move(statements_); }

private:
  void execute(std::string sql) { statements_.push_back({ddl_role::execute, std::move(sql)}); }
  void alter(std::string_view table, const std::string& change) {
    execute("ALTER TABLE " + quote_identifier(table) + " " + change);
  }
  void drop_constraint(std::string_view table, std::string_view name) {
    alter(table, "DROP CONSTRAINT " + quote_identifier(name));
  }
  const table_definition& table(std::string_view name) const { return *state_.find(name); }

  void statement(const ddl::create_table& o) {
    execute(create_table_text(o.table));
    for (const index_definition& index : o.table.indexes) execute(create_index_text(o.table, index));
    if (!o.table.comment.empty()) {
      execute("COMMENT ON TABLE " + quote_identifier(o.table.name) + " IS " + sql_text_literal(o.table.comment));
    }
  }
  void statement(const ddl::drop_table& o) { execute("DROP TABLE " + quote_identifier(o.table.name)); }
  void statement(const ddl::rename_table& o) {
    alter(o.from, "RENAME TO " + quote_identifier(o.to));
    table_definition renamed = table(o.from);
    const std::string former = conventional_primary_key_name(renamed);
    if (renamed.primary_key.columns.empty() || renamed.primary_key.name != former) return;
    renamed.name = o.to;
    alter(o.to, "RENAME CONSTRAINT " + quote_identifier(former) + " TO " +
                    quote_identifier(conventional_primary_key_name(renamed)));
  }
  void statement(const ddl::add_column& o) { alter(o.table, "ADD COLUMN " + column_text(table(o.table), o.column)); }
  void statement(const ddl::drop_column& o) { alter(o.table, "DROP COLUMN " + quote_identifier(o.column.name)); }
  void statement(const ddl::rename_column& o) {
    alter(o.table, "RENAME COLUMN " + quote_identifier(o.from) + " TO " + quote_identifier(o.to));
  }
  void statement(const ddl::alter_column& o) {
    // What the table has now counts, not what the operation remembers of it.
    const table_definition& changed = table(o.table);
    const column_definition& from = *changed.find_column(o.from.name);
    // Conditions that compare the column are said again: the server keeps them with the old type in them.
    const bool retyped = from.type != o.to.type;
    for (const check_definition& check : changed.checks) {
      if (retyped && mentions_identifier(check.expression, from.name)) drop_constraint(o.table, check.name);
    }
    for (const index_definition& index : changed.indexes) {
      if (retyped && mentions_identifier(index.where, from.name)) execute("DROP INDEX " + quote_identifier(index.name));
    }
    for (std::string& sql : alter_column_texts(changed, from, o.to)) execute(std::move(sql));
    table_definition after = changed;
    *after.find_column(o.to.name) = o.to;
    for (const check_definition& check : after.checks) {
      if (retyped && mentions_identifier(check.expression, from.name))
        alter(o.table, "ADD " + check_text(after, check));
    }
    for (const index_definition& index : after.indexes) {
      if (retyped && mentions_identifier(index.where, from.name)) execute(create_index_text(after, index));
    }
  }
  void statement(const ddl::add_index& o) { execute(create_index_text(table(o.table), o.index)); }
  void statement(const ddl::drop_index& o) { execute("DROP INDEX " + quote_identifier(o.index.name)); }
  void statement(const ddl::add_unique& o) { alter(o.table, "ADD " + key_text(o.unique, "UNIQUE")); }
  void statement(const ddl::drop_unique& o) { drop_constraint(o.table, o.unique.name); }
  void statement(const ddl::add_check& o) { alter(o.table, "ADD " + check_text(table(o.table), o.check)); }
  void statement(const ddl::drop_check& o) { drop_constraint(o.table, o.check.name); }
  void statement(const ddl::add_foreign_key& o) { alter(o.table, "ADD " + foreign_key_text(o.foreign_key)); }
  void statement(const ddl::drop_foreign_key& o) { drop_constraint(o.table, o.foreign_key.name); }
  void statement(const ddl::change_primary_key& o) {
    const key_definition& now = table(o.table).primary_key;
    if (!now.columns.empty()) {
      drop_constraint(o.table, now.name.empty() ? conventional_primary_key_name(table(o.table)) : now.name);
    }
    if (!o.to.columns.empty()) alter(o.table, "ADD " + key_text(o.to, "PRIMARY KEY"));
  }
  void statement(const ddl::execute_sql& o) { execute(o.up); }

  schema_definition state_;
  std::vector<ddl_statement> statements_;
};

class rules final : public schema_dialect {
public:
  std::vector<ddl_statement> render(const std::vector<schema_operation>& operations,
                                    const schema_definition& before) const override {
    return render_ddl(operations, before);
  }
  /// Everything is transactional, and no setting stands in the way.
  ddl_frame frame(const std::vector<schema_operation>&, const schema_definition&) const override { return {}; }
  std::string lock_statement(std::string_view name) const override {
    return "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || " +
           sql_text_literal("." + std::string(name)) + ", 0))";
  }
  std::string type_text(const column_type& type) const override { return postgres::type_text(type); }
  column_type parse_type(std::string_view declared) const override { return postgres::parse_type(declared); }
  bool same_column(const column_definition& live, const column_definition& wanted) const override {
    return postgres::same_column(live, wanted);
  }
  bool same_expression(std::string_view live, std::string_view wanted) const override {
    return postgres::same_expression(live, wanted);
  }
  std::vector<std::string> introspection_queries() const override { return postgres::introspection_queries(); }
  schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers) const override {
    return postgres::decode_introspection(answers);
  }
  std::string wipe_query() const override { return postgres::wipe_query(); }
};

}  // namespace

std::string expression_sql(const table_definition& table, std::string_view neutral) {
  // The column that a literal is held against: the one named last before it, else the first after it.
  const column_definition* nearest = nullptr;
  std::string out;
  std::size_t copied = 0;
  const std::vector<sql_token> tokens = sql_tokens(neutral);
  const auto column_at = [&](std::size_t i) -> const column_definition* {
    const std::string_view next = i + 1 < tokens.size() ? tokens[i + 1].text : std::string_view();
    if (tokens[i].kind != sql_token_kind::word || next == "(" || is_sql_keyword(tokens[i].value)) return nullptr;
    return meant(table, tokens[i].value);
  };
  const auto is_against_moment = [&](std::size_t i) {
    const column_definition* column = nearest;
    for (std::size_t ahead = i + 1; column == nullptr && ahead < tokens.size(); ++ahead) column = column_at(ahead);
    // None is named by a default, whose table is its own column.
    if (column == nullptr && table.columns.size() == 1) column = table.columns.data();
    return column != nullptr && column->type.is(type_kind::timestamp);
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const sql_token& token = tokens[i];
    const auto begin = static_cast<std::size_t>(token.text.data() - neutral.data());
    std::size_t end = begin + token.text.size();
    const std::string_view next = i + 1 < tokens.size() ? tokens[i + 1].text : std::string_view();
    std::string instead;
    if (token.kind == sql_token_kind::word && next.starts_with('\'') && equal_identifiers(token.value, "x") &&
        neutral[end] == '\'') {
      instead = "'\\x" + tokens[i + 1].value + "'::bytea";
      end += next.size();
      ++i;
    } else if (const column_definition* column = column_at(i)) {
      instead = quote_identifier(column->name);  // quoted, it keeps its case and is no word of PostgreSQL's own
      nearest = column;
    } else if (token.kind == sql_token_kind::text && is_plain_timestamp(token.value) && is_against_moment(i)) {
      instead = sql_text_literal(token.value + "+00");  // otherwise the session's time zone would count
    }
    if (instead.empty()) continue;
    out += neutral.substr(copied, begin - copied);
    out += instead;
    copied = end;
  }
  out += neutral.substr(copied);
  return out;
}

std::string create_table_text(const table_definition& table) {
  std::string out = "CREATE TABLE " + quote_identifier(table.name) + " (";
  std::string separator = "\n  ";
  auto add = [&](const std::string& line) {
    out += separator + line;
    separator = ",\n  ";
  };
  for (const column_definition& column : table.columns) add(column_text(table, column));
  if (!table.primary_key.columns.empty()) add(key_text(with_names(table).primary_key, "PRIMARY KEY"));
  for (const auto& unique : table.uniques) add(key_text(unique, "UNIQUE"));
  for (const auto& check : table.checks) add(check_text(table, check));
  for (const auto& key : table.foreign_keys) add(foreign_key_text(key));
  return out + "\n)";
}

std::string create_index_text(const table_definition& table, const index_definition& index) {
  std::string columns;
  for (const index_column& column : index.columns) {
    const column_definition* of = table.find_column(column.name);
    columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name) + (column.descending ? " DESC" : "");
    if (of != nullptr && of->nullable) columns += column.descending ? " NULLS LAST" : " NULLS FIRST";
  }
  std::string out = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + quote_identifier(index.name) +
                    " ON " + quote_identifier(table.name) + " (" + columns + ")";
  return index.where.empty() ? out : out + " WHERE " + expression_sql(table, index.where);
}

std::vector<ddl_statement> render_ddl(const std::vector<schema_operation>& operations,
                                      const schema_definition& before) {
  renderer to_sql(before);
  to_sql.run(operations);
  return to_sql.take();
}

const schema_dialect& schema_rules() noexcept {
  static const rules the_rules;
  return the_rules;
}

}  // namespace tupelo::postgres
