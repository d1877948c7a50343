// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/ddl.hpp"

#include "rebuild_guard.hpp"
#include "search_index.hpp"

#include "tupelo/dialect/sqlite/introspection.hpp"
#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo::sqlite {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quote_identifier(name);
  return out;
}

/// A default that may stand without parentheses.
bool is_literal(const std::vector<sql_token>& tokens) {
  if (tokens.size() == 1) {
    const sql_token& token = tokens[0];
    return token.kind == sql_token_kind::number || token.kind == sql_token_kind::text ||
           (token.kind == sql_token_kind::word && is_sql_keyword(token.value));
  }
  return tokens.size() == 2 && tokens[1].kind == sql_token_kind::number &&
         (tokens[0].text == "-" || tokens[0].text == "+");
}

/// A default that ALTER TABLE ADD COLUMN takes: the same for every row, not the time of the change.
bool is_constant(const std::string& sql) {
  std::vector<sql_token> tokens = sql_tokens(sql);
  return is_literal(tokens) && canonical_sql(sql).rfind("CURRENT_", 0) != 0;
}

bool is_null(const std::optional<std::string>& sql) { return !sql || canonical_sql(*sql) == "NULL"; }

/// The key's column, where it is an alias of SQLite's own row number.
const column_definition* generated_key(const table_definition& table) {
  if (table.primary_key.columns.size() != 1) return nullptr;
  const column_definition* column = table.find_column(table.primary_key.columns.front());
  return column != nullptr && column->identity ? column : nullptr;
}

std::string constraint_name(std::string_view name) { return "CONSTRAINT " + quote_identifier(name) + " "; }

std::string primary_key_name(const table_definition& table) {
  const std::string& name = table.primary_key.name;
  return name.empty() || name == conventional_primary_key_name(table) ? std::string() : constraint_name(name);
}

std::string column_text(const table_definition& table, const column_definition& column) {
  std::string out = quote_identifier(column.name) + " ";
  if (&column == generated_key(table)) {
    return out + "INTEGER NOT NULL " + primary_key_name(table) + "PRIMARY KEY AUTOINCREMENT";
  }

  bool alone = table.primary_key.columns.size() == 1 && table.primary_key.columns.front() == column.name;
  std::string type = type_text(column.type);
  // INTEGER PRIMARY KEY would make SQLite number the rows itself; this key is the program's own.
  out += alone && type == "INTEGER" ? "INT" : type;
  if (column.is_computed()) {
    out += " GENERATED ALWAYS AS (" + column.computed_sql + (column.computed_at_read ? ") VIRTUAL" : ") STORED");
  }
  if (!column.nullable) out += " NOT NULL";
  if (!column.collation.empty()) out += " COLLATE " + quote_identifier(column.collation);
  if (column.default_sql) {
    bool literal = is_literal(sql_tokens(*column.default_sql));
    out += literal ? " DEFAULT " + *column.default_sql : " DEFAULT (" + *column.default_sql + ")";
  }
  return out;
}

std::string action_text(std::string_view event, referential_action action) {
  if (action == referential_action::no_action) return {};
  std::string out = std::string(" ON ") + std::string(event) + " ";
  for (char c : name_of(action)) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string foreign_key_text(const foreign_key_definition& key) {
  std::string out = constraint_name(key.name) + "FOREIGN KEY (" + quoted_list(key.columns) + ") REFERENCES " +
                    quote_identifier(key.references) + " (" + quoted_list(key.referenced_columns) + ")";
  out += action_text("DELETE", key.on_delete) + action_text("UPDATE", key.on_update);
  return key.deferrable ? out + " DEFERRABLE INITIALLY DEFERRED" : out;
}

/// Whether the operation concerns one existing table and can be part of making that table anew. Renaming a column
/// cannot: ALTER TABLE does it everywhere, in views and triggers too.
bool joins_rebuild(const schema_operation& operation) {
  const auto& data = operation.data;
  if (operation.table().empty()) return false;  // SQL, enums
  return !std::holds_alternative<ddl::create_table>(data) && !std::holds_alternative<ddl::drop_table>(data) &&
         !std::holds_alternative<ddl::rename_table>(data) && !std::holds_alternative<ddl::rename_column>(data);
}

bool needs_rebuild(const schema_operation& operation) {
  if (!joins_rebuild(operation)) return false;
  if (const auto* add = std::get_if<ddl::add_column>(&operation.data)) {
    const column_definition& column = add->column;
    if (column.is_computed()) return !column.computed_at_read || !column.nullable;
    if (column.identity || (!column.nullable && is_null(column.default_sql))) return true;
    return column.default_sql && !is_constant(*column.default_sql);
  }
  if (const auto* change = std::get_if<ddl::alter_column>(&operation.data)) {
    column_definition from = change->from;
    from.comment = change->to.comment;
    from.identity_always = change->to.identity_always;
    return from != change->to;
  }
  return !std::holds_alternative<ddl::drop_column>(operation.data) &&
         !std::holds_alternative<ddl::comment_table>(operation.data) &&
         !std::holds_alternative<ddl::add_index>(operation.data) &&
         !std::holds_alternative<ddl::drop_index>(operation.data) &&
         !std::holds_alternative<ddl::rename_index>(operation.data) &&
         !std::holds_alternative<ddl::validate_constraint>(operation.data);  // every row was looked at already
}

[[noreturn]] void refuse(std::string_view table, std::string_view what) {
  throw migration_error(errc::unsupported_feature,
                        "table `" + std::string(table) + "`: SQLite has no " + std::string(what));
}

/// Nothing of what a table holds is lost where this passes.
void require_possible(const table_definition& table) {
  for (const key_definition& unique : table.uniques) {
    const std::string which = ", as the unique constraint `" + unique.name + "` is to be";
    if (unique.nulls_not_distinct) refuse(table.name, "unique constraints in which NULL equals NULL" + which);
    if (unique.deferrable) refuse(table.name, "unique constraints that are checked at commit" + which);
  }
  if (!table.exclusions.empty()) {
    refuse(table.name, "exclusion constraints, as `" + table.exclusions[0].name + "` is to be");
  }
  for (const index_definition& index : table.indexes) {
    if (index.nulls_not_distinct) {
      refuse(table.name, "unique indexes in which NULL equals NULL, as `" + index.name + "` is to be");
    }
    if (index.is_search() && generated_key(table) == nullptr) {
      refuse(table.name, "search index of a table whose key is not one integer that the database makes, as `" +
                             index.name + "` is to be");
    }
    for (const index_column& column : index.columns) {
      if (!index.is_search() || !(equal_identifiers(column.name, "rank") || equal_identifiers(column.name, "rowid"))) {
        continue;
      }
      refuse(table.name, "search index over a column `" + column.name + "`, a name that FTS5 keeps for itself, as `" +
                             index.name + "` is to be; give the column another name");
    }
  }
}

/// Indexes of other methods serve queries that SQLite has not; it has one method.
bool makes(const index_definition& index) noexcept { return index.method.empty(); }

class renderer {
public:
  explicit renderer(const schema_definition& before) : state_(before) {}

  void run(const std::vector<schema_operation>& operations) {
    for (std::size_t i = 0; i < operations.size();) {
      std::size_t end = i + 1;
      bool rebuild = needs_rebuild(operations[i]);
      if (joins_rebuild(operations[i])) {
        while (end < operations.size() && joins_rebuild(operations[end]) &&
               operations[end].table() == operations[i].table()) {
          rebuild = rebuild || needs_rebuild(operations[end]);
          ++end;
        }
      }
      if (rebuild) {
        this->rebuild(operations, i, end);
      } else {
        for (std::size_t k = i; k < end; ++k) alter(operations[k].completed(state_));
      }
      i = end;
    }
  }

  std::vector<ddl_statement> take() { return std::move(statements_); }

private:
  void execute(std::string sql) { statements_.push_back({ddl_role::execute, std::move(sql)}); }

  /// One operation that SQLite can do as it is.
  void alter(const schema_operation& operation) {
    schema_definition after = state_;
    operation.apply_to(after);
    if (const table_definition* made = after.find(operation.table())) require_possible(*made);
    std::visit([&](const auto& o) { statement(o); }, operation.data);
    state_ = std::move(after);
  }

  void statement(const ddl::create_table& o) {
    execute(create_table_text(o.table, o.table.name));
    for (const index_definition& index : o.table.indexes) create(o.table, index);
  }
  void create(const table_definition& table, const index_definition& index) {
    if (index.is_search()) {
      statements_.push_back({ddl_role::check, search_needs_text(table)});
      for (std::string& sql : create_search_texts(table, index, generated_key(table)->name)) execute(std::move(sql));
    } else if (makes(index)) {
      execute(create_index_text(table, index));
    }
  }
  void drop(const index_definition& index) {
    if (index.is_search()) {
      for (std::string& sql : drop_search_texts(index)) execute(std::move(sql));
    } else if (makes(index)) {
      execute("DROP INDEX " + quote_identifier(index.name));
    }
  }
  /// Search indexes keep names of the table and its columns that ALTER TABLE does not know of.
  void drop_searches(const table_definition& table) {
    for (const index_definition& index : table.indexes) {
      if (index.is_search()) drop(index);
    }
  }
  void create_searches(const table_definition& table) {
    for (const index_definition& index : table.indexes) {
      if (index.is_search()) create(table, index);
    }
  }
  void statement(const ddl::drop_table& o) {
    drop_searches(*state_.find(o.table.name));
    execute("DROP TABLE " + quote_identifier(o.table.name));
  }
  void statement(const ddl::rename_table& o) {
    drop_searches(*state_.find(o.from));
    execute("ALTER TABLE " + quote_identifier(o.from) + " RENAME TO " + quote_identifier(o.to));
    const table_definition& former = *state_.find(o.from);
    table_definition now = former;
    now.name = o.to;
    // There is no statement that renames an index. Names of constraints are kept until the table is made anew.
    for (const index_definition& index : former.indexes) {
      if (index.is_search() || !makes(index) || index.name != conventional_name(former, index)) continue;
      execute("DROP INDEX " + quote_identifier(index.name));
      index_definition made = index;
      made.name = conventional_name(now, index);
      create(now, made);
    }
    create_searches(renamed(former, o.to));
  }
  void statement(const ddl::add_column& o) {
    execute("ALTER TABLE " + quote_identifier(o.table) + " ADD COLUMN " + column_text(*state_.find(o.table), o.column));
  }
  void statement(const ddl::drop_column& o) {
    execute("ALTER TABLE " + quote_identifier(o.table) + " DROP COLUMN " + quote_identifier(o.column.name));
  }
  void statement(const ddl::rename_column& o) {
    drop_searches(*state_.find(o.table));
    execute("ALTER TABLE " + quote_identifier(o.table) + " RENAME COLUMN " + quote_identifier(o.from) + " TO " +
            quote_identifier(o.to));
    schema_definition after = state_;
    schema_operation(o).apply_to(after);
    create_searches(*after.find(o.table));
  }
  void statement(const ddl::add_index& o) { create(*state_.find(o.table), o.index); }
  void statement(const ddl::drop_index& o) {
    const index_definition* index = state_.find(o.table)->find_index(o.index.name);
    if (index != nullptr) drop(*index);
  }
  void statement(const ddl::rename_index& o) {
    const table_definition& table = *state_.find(o.table);
    index_definition index = *table.find_index(o.from);
    drop(index);
    index.name = o.to;
    create(table, index);
  }
  void statement(const ddl::execute_sql& o) { execute(o.up); }
  /// Enums are texts here. What rows and defaults hold has its new name.
  void statement(const ddl::rename_enum_value& o) {
    schema_definition after = state_;
    schema_operation(o).apply_to(after);
    for (const table_definition& table : state_.tables) {
      const table_definition& made = *after.find(table.name);
      if (made != table) {
        remake(table, made, column_names(table), &o);  // whose checks know the new name only
        continue;
      }
      for (const column_definition& column : table.columns) {
        if (is_of(column, o)) rename_value(table, column, o);
      }
    }
  }
  void statement(const ddl::change_composite& o) {
    const std::vector<std::string> changed = with_types_around(o.to.name);
    for (const table_definition& table : state_.tables) {
      for (const column_definition& column : table.columns) {
        const bool holds = std::any_of(changed.begin(), changed.end(),
                                       [&](const std::string& type) { return column.type.is_of_composite(type); });
        if (!holds) continue;
        throw migration_error(errc::unsupported_feature,
                              "SQLite keeps values of the composite type `" + o.to.name +
                                  "` as texts, and cannot give those in column `" + column.name + "` of table `" +
                                  table.name +
                                  "` other attributes: drop the column and add it again, or add a second "
                                  "one of a type of its own and fill it in db.run(…)");
      }
    }
  }
  /// The composite type, and those that have it as a part, however deep.
  std::vector<std::string> with_types_around(const std::string& name) const {
    std::vector<std::string> found{name};
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (const composite_definition& type : state_.composites) {
        const bool around = std::any_of(type.attributes.begin(), type.attributes.end(),
                                        [&](const auto& part) { return part.type.is_of_composite(found[i]); });
        if (around && std::find(found.begin(), found.end(), type.name) == found.end()) found.push_back(type.name);
      }
    }
    return found;
  }
  static bool is_of(const column_definition& column, const ddl::rename_enum_value& o) {
    return column.type.kind == type_kind::enumeration && column.type.native == o.type;
  }
  static std::string holds_value(const column_definition& column, const std::string& value) {
    const std::string name = quote_identifier(column.name);
    if (!column.type.array) return name + " = " + sql_text_literal(value);
    return sql_text_literal(value) + " IN (SELECT value FROM json_each(" + name + "))";
  }
  /// The value by its new name, where the column holds it.
  static std::string renamed_value(const column_definition& column, const ddl::rename_enum_value& o) {
    const std::string to = sql_text_literal(o.to);
    if (!column.type.array) return to;
    return "(SELECT json_group_array(CASE value WHEN " + sql_text_literal(o.from) + " THEN " + to +
           " ELSE value END) FROM json_each(" + quote_identifier(column.name) + "))";
  }
  void rename_value(const table_definition& table, const column_definition& column, const ddl::rename_enum_value& o) {
    execute("UPDATE " + quote_identifier(table.name) + " SET " + quote_identifier(column.name) + " = " +
            renamed_value(column, o) + " WHERE " + holds_value(column, o.from));
  }
  template <class Rebuilt>
  void statement(const Rebuilt&) {}

  static std::vector<std::string> column_names(const table_definition& table) {
    std::vector<std::string> names;
    for (const column_definition& column : table.columns) names.push_back(column.name);
    return names;
  }

  void rebuild(const std::vector<schema_operation>& operations, std::size_t begin, std::size_t end) {
    schema_definition after = state_;
    std::string name(operations[begin].table());
    std::vector<std::string> kept;  // columns whose values are carried over
    if (const table_definition* table = after.find(name)) kept = column_names(*table);
    for (std::size_t i = begin; i < end; ++i) {
      operations[i].apply_to(after);
      if (const auto* dropped = std::get_if<ddl::drop_column>(&operations[i].data)) {
        std::erase(kept, dropped->column.name);
      }
    }
    const table_definition& old = *state_.find(name);
    require_possible(*after.find(name));
    remake(old, *after.find(name), kept);
    state_ = std::move(after);
  }

  void remake(const table_definition& old, const table_definition& made, const std::vector<std::string>& kept,
              const ddl::rename_enum_value* renamed = nullptr) {
    const std::string place = "tupelo_new_" + made.name;
    statements_.push_back({ddl_role::check, lost_by_rebuild(old)});
    drop_searches(old);
    std::vector<std::string> gone;
    for (const column_definition& column : old.columns) {
      if (made.find_column(column.name) == nullptr) gone.push_back(column.name);
    }
    if (!gone.empty()) statements_.push_back({ddl_role::check, broken_by_dropping(old, gone)});
    std::string known;  // indexes that are made again, or not, as the definition says
    for (const index_definition& index : old.indexes) known += ", " + sql_text_literal(index.name);
    statements_.push_back(
        {ddl_role::remember, "SELECT name, sql FROM sqlite_master WHERE tbl_name = " + sql_text_literal(old.name) +
                                 " AND type IN ('index', 'trigger') AND sql IS NOT NULL" +
                                 (known.empty() ? "" : " AND name NOT IN (" + known.substr(2) + ")")});
    // Legacy renaming leaves the text of views, triggers and other tables' foreign keys alone: they go on naming the
    // table.
    execute("PRAGMA legacy_alter_table = ON");
    execute(create_table_text(made, place));
    copy(old, made, kept, place, renamed);
    execute("DROP TABLE " + quote_identifier(old.name));
    execute("ALTER TABLE " + quote_identifier(place) + " RENAME TO " + quote_identifier(made.name));
    execute("PRAGMA legacy_alter_table = OFF");
    for (const index_definition& index : made.indexes) create(made, index);
    statements_.push_back(
        {ddl_role::restore, "SELECT name FROM sqlite_master WHERE tbl_name = " + sql_text_literal(made.name)});
  }

  void copy(const table_definition& old, const table_definition& made, const std::vector<std::string>& kept,
            const std::string& place, const ddl::rename_enum_value* renamed) {
    std::string into;
    std::string from;
    for (const column_definition& column : made.columns) {
      const column_definition* source = old.find_column(column.name);
      if (source == nullptr || column.is_computed() || std::find(kept.begin(), kept.end(), column.name) == kept.end())
        continue;
      std::string value = quote_identifier(column.name);
      if (source->nullable && !column.nullable && !is_null(column.default_sql)) {
        value = "COALESCE(" + value + ", " + *column.default_sql + ")";
      }
      if (renamed != nullptr && is_of(column, *renamed)) {
        value = "CASE WHEN " + holds_value(column, renamed->from) + " THEN " + renamed_value(column, *renamed) +
                " ELSE " + value + " END";
      }
      into += (into.empty() ? "" : ", ") + quote_identifier(column.name);
      from += (from.empty() ? "" : ", ") + value;
    }
    // Without a column in common the new rows have nothing but defaults, one for each old row.
    if (into.empty()) {
      const column_definition& first = *std::find_if(made.columns.begin(), made.columns.end(),
                                                     [](const column_definition& c) { return !c.is_computed(); });
      into = quote_identifier(first.name);
      from = is_null(first.default_sql) ? "NULL" : *first.default_sql;
    }
    execute("INSERT INTO " + quote_identifier(place) + " (" + into + ") SELECT " + from + " FROM " +
            quote_identifier(old.name));
    if (generated_key(old) != nullptr && generated_key(made) != nullptr) {
      // Keys that were given out once are not given out again.
      execute("DELETE FROM sqlite_sequence WHERE name = " + sql_text_literal(place));
      execute("INSERT INTO sqlite_sequence (name, seq) SELECT " + sql_text_literal(place) +
              ", seq FROM sqlite_sequence WHERE name = " + sql_text_literal(old.name));
    }
  }

  schema_definition state_;
  std::vector<ddl_statement> statements_;
};

class rules final : public schema_dialect {
public:
  std::vector<ddl_statement> render(const std::vector<schema_operation>& operations,
                                    const schema_definition& before) const override {
    return render_ddl(operations, before);
  }
  ddl_frame frame(const std::vector<schema_operation>& operations, const schema_definition& before) const override {
    return frame_of(operations, before);
  }
  std::string lock_statement(std::string_view) const override { return {}; }
  /// A writer waits once, at the beginning of its transaction, as long as the connection's busy_timeout says.
  std::string lock_timeout_statement(std::int64_t) const override { return {}; }
  std::string default_lock_timeout_statement(std::int64_t) const override { return {}; }
  schema_definition kept(const schema_definition& schema) const override { return sqlite::kept(schema); }
  std::string type_text(const column_type& type) const override { return sqlite::type_text(type); }
  column_type parse_type(std::string_view declared) const override { return sqlite::parse_type(declared); }
  bool same_column(const column_definition& live, const column_definition& wanted) const override {
    return sqlite::same_column(live, wanted);
  }
  std::string expression_text(const table_definition&, std::string_view neutral) const override {
    return std::string(neutral);
  }
  bool same_expression(std::string_view live, std::string_view wanted) const override {
    return canonical_sql(live) == canonical_sql(wanted);
  }
  std::vector<std::string> introspection_queries() const override { return sqlite::introspection_queries(); }
  std::string introspection_setting() const override { return {}; }
  std::string schema_choice(std::string_view schema) const override {
    if (schema.empty()) return {};
    throw query_error(errc::unsupported_feature, "SQLite has no schemas, so there is none called `" +
                                                     std::string(schema) +
                                                     "`; name another file to read what is in it");
  }
  schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers) const override {
    return sqlite::decode_introspection(answers);
  }
  std::string wipe_query() const override { return sqlite::wipe_query(); }
};

}  // namespace

std::string create_table_text(const table_definition& table, std::string_view name) {
  std::string out = "CREATE TABLE " + quote_identifier(name) + " (";
  std::string separator = "\n  ";
  auto add = [&](const std::string& line) {
    out += separator + line;
    separator = ",\n  ";
  };
  for (const column_definition& column : table.columns) add(column_text(table, column));
  if (!table.primary_key.columns.empty() && generated_key(table) == nullptr) {
    add(primary_key_name(table) + "PRIMARY KEY (" + quoted_list(table.primary_key.columns) + ")");
  }
  for (const auto& unique : table.uniques)
    add(constraint_name(unique.name) + "UNIQUE (" + quoted_list(unique.columns) + ")");
  for (const auto& check : table.checks) add(constraint_name(check.name) + "CHECK (" + check.expression + ")");
  for (const auto& key : table.foreign_keys) add(foreign_key_text(key));
  return out + "\n)";
}

std::string create_index_text(const table_definition& table, const index_definition& index) {
  std::string columns;
  for (const index_column& column : index.columns) {
    columns += columns.empty() ? "" : ", ";
    columns += column.is_expression() ? "(" + column.expression + ")" : quote_identifier(column.name);
    if (!column.collation.empty()) columns += " COLLATE " + quote_identifier(column.collation);
    if (column.descending) columns += " DESC";
  }
  std::string out = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + quote_identifier(index.name) +
                    " ON " + quote_identifier(table.name) + " (" + columns + ")";
  return index.where.empty() ? out : out + " WHERE " + index.where;
}

schema_definition kept(const schema_definition& schema) {
  schema_definition out = schema;
  out.enums.clear();
  out.composites.clear();
  for (table_definition& table : out.tables) {
    table.comment.clear();
    for (column_definition& column : table.columns) {
      column.comment.clear();
      column.identity_always = false;
      if (column.collation == "BINARY") column.collation.clear();
    }
    // The name may still be that of before the table was renamed.
    for (key_definition& unique : table.uniques) {
      if (unique.name == conventional_name(table, unique)) unique.name.clear();
    }
    std::erase_if(table.indexes, [](const index_definition& index) { return !makes(index); });
    for (index_definition& index : table.indexes) {
      if (index.is_search()) keep_search(index);
      index.include.clear();
      for (index_column& term : index.columns) {
        term.nulls = index_nulls::smallest;
        term.operator_class.clear();
        // That of the column is meant where the term says none.
        const column_definition* column = table.find_column(term.name);
        const bool usual = column == nullptr || column->collation.empty();
        if (usual && term.collation == "BINARY") term.collation.clear();
      }
    }
  }
  return out;
}

std::vector<ddl_statement> render_ddl(const std::vector<schema_operation>& operations,
                                      const schema_definition& before) {
  renderer to_sql(before);
  to_sql.run(operations);
  return to_sql.take();
}

ddl_frame frame_of(const std::vector<schema_operation>& operations, const schema_definition&) {
  bool off = std::any_of(operations.begin(), operations.end(), [](const schema_operation& operation) {
    // DROP TABLE deletes the rows first, which would run the ON DELETE actions of other tables.
    return needs_rebuild(operation) || std::holds_alternative<ddl::drop_table>(operation.data) ||
           std::holds_alternative<ddl::rename_enum_value>(operation.data);
  });
  if (!off) return {};
  ddl_frame frame;
  // A change that fails halfway leaves legacy renaming on: rolling back does not bring pragmas back.
  frame.restore_query = "SELECT 'PRAGMA foreign_keys = ' || foreign_keys FROM pragma_foreign_keys "
                        "UNION ALL SELECT 'PRAGMA legacy_alter_table = OFF'";
  frame.before = {"PRAGMA foreign_keys = OFF"};
  frame.verify =
      "SELECT 'table `' || \"table\" || '` has ' || count(*) || CASE count(*) WHEN 1 THEN ' row that "
      "references' ELSE ' rows that reference' END || ' missing rows of `' || "
      "parent || '`; correct or delete them (`PRAGMA foreign_key_check(\"' || replace(\"table\", '\"', "
      "'\"\"') || '\")` lists them, unless the key is new)' FROM pragma_foreign_key_check GROUP BY \"table\", parent";
  return frame;
}

const schema_dialect& schema_rules() noexcept {
  static const rules the_rules;
  return the_rules;
}

}  // namespace tupelo::sqlite
