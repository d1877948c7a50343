// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/ddl.hpp"

#include "alter_column.hpp"
#include "composite_ddl.hpp"
#include "concurrent_ddl.hpp"
#include "dependent_views.hpp"
#include "expression.hpp"
#include "search_index.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <span>
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
  return constraint_name(key.name) + std::string(what) + (key.nulls_not_distinct ? " NULLS NOT DISTINCT" : "") + " (" +
         quoted_list(key.columns) + ")" + (key.deferrable ? " DEFERRABLE INITIALLY DEFERRED" : "");
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

/// What of the table has to go and be made again when columns change: what the server keeps with the old type in it,
/// and, where the columns themselves are made anew, everything on them.
struct dependents {
  dependents(const table_definition& table, const std::vector<std::string_view>& changed, bool mentioning,
             bool naming) {
    std::vector<std::string_view> gone;
    if (naming) gone = changed;
    const auto mentions_changed = [&](std::string_view sql) {
      return mentioning && std::any_of(changed.begin(), changed.end(),
                                       [&](std::string_view name) { return mentions_identifier(sql, name); });
    };
    for (const column_definition& other : table.columns) {
      if (!mentions_changed(other.computed_sql)) continue;
      computed.push_back(&other);
      gone.push_back(other.name);
    }
    const auto names_gone = [&](const std::vector<std::string>& columns) {
      return std::any_of(gone.begin(), gone.end(), [&](std::string_view name) {
        return std::find(columns.begin(), columns.end(), name) != columns.end();
      });
    };
    const auto mentions = [&](std::string_view sql) {
      return mentions_changed(sql) || std::any_of(gone.begin(), gone.end(), [&](std::string_view name) {
               return mentions_identifier(sql, name);
             });
    };
    for (const key_definition& unique : table.uniques) {
      if (names_gone(unique.columns)) uniques.push_back(&unique);
    }
    for (const index_definition& index : table.indexes) {
      bool uses = mentions(index.where) || names_gone(index.include);
      for (const index_column& term : index.columns)
        uses = uses || names_gone({term.name}) || mentions(term.expression);
      if (uses) indexes.push_back(&index);
    }
    for (const check_definition& check : table.checks) {
      if (mentions(check.expression)) checks.push_back(&check);
    }
    for (const exclusion_definition& exclusion : table.exclusions) {
      bool uses = mentions(exclusion.where);
      for (const exclusion_term& term : exclusion.terms) {
        uses = uses || names_gone({term.of.name}) || mentions(term.of.expression);
      }
      if (uses) exclusions.push_back(&exclusion);
    }
    for (const foreign_key_definition& key : table.foreign_keys) {
      if (names_gone(key.columns)) foreign_keys.push_back(&key);
    }
  }

  /// Indexes that are told to compare as the column does by itself: the server would take them along to another
  /// collation, because it does not keep that they were told.
  void add_collated(const table_definition& table, const column_definition& column) {
    for (const index_definition& index : table.indexes) {
      const bool told = std::any_of(index.columns.begin(), index.columns.end(), [&](const index_column& term) {
        return term.name == column.name && term.collation == (column.collation.empty() ? "default" : column.collation);
      });
      if (told && std::find(indexes.begin(), indexes.end(), &index) == indexes.end()) indexes.push_back(&index);
    }
  }

  std::vector<const column_definition*> computed;
  std::vector<const key_definition*> uniques;
  std::vector<const index_definition*> indexes;
  std::vector<const check_definition*> checks;
  std::vector<const exclusion_definition*> exclusions;
  std::vector<const foreign_key_definition*> foreign_keys;
};

/// Whether the index's term may be NULL: then ORDER BY asks for an order of its own.
bool may_be_null(const table_definition& table, const index_column& term) {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const column_definition& column) {
    return column.nullable &&
           (term.is_expression() ? mentions_identifier(term.expression, column.name) : column.name == term.name);
  });
}

std::string index_term_text(const table_definition& table, const index_definition& index, const index_column& term) {
  std::string out =
      term.is_expression() ? "(" + expression_sql(table, term.expression) + ")" : quote_identifier(term.name);
  if (!term.collation.empty()) out += " COLLATE " + quote_identifier(term.collation);
  if (!term.operator_class.empty()) out += " " + term.operator_class;
  if (!index.method.empty()) return out;  // which does not sort
  if (term.descending) out += " DESC";
  if (term.nulls != index_nulls::smallest)
    return out + (term.nulls == index_nulls::first ? " NULLS FIRST" : " NULLS LAST");
  return may_be_null(table, term) ? out + (term.descending ? " NULLS LAST" : " NULLS FIRST") : out;
}

std::string exclusion_text(const table_definition& table, const exclusion_definition& exclusion) {
  std::string terms;
  for (const exclusion_term& term : exclusion.terms) {
    terms += (terms.empty() ? "" : ", ") + index_term_text(table, {.method = "gist"}, term.of) + " WITH " + term.with;
  }
  std::string out = constraint_name(exclusion.name) + "EXCLUDE USING " +
                    (exclusion.method.empty() ? "gist" : exclusion.method) + " (" + terms + ")";
  if (!exclusion.where.empty()) out += " WHERE (" + expression_sql(table, exclusion.where) + ")";
  return exclusion.deferrable ? out + " DEFERRABLE INITIALLY DEFERRED" : out;
}

std::string not_valid(bool later) { return later ? " NOT VALID" : ""; }

class renderer {
public:
  explicit renderer(const schema_definition& before) : state_(before) {}

  void run(const std::vector<schema_operation>& operations) {
    rest_ = operations;
    for (const schema_operation& operation : operations) {
      rest_ = rest_.subspan(1);
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
    if (!o.table.comment.empty()) comment_table(o.table.name, o.table.comment);
    for (const column_definition& column : o.table.columns) comment_column(o.table, column);
  }
  void comment_table(std::string_view name, const std::string& comment) {
    execute(comment_text("TABLE " + quote_identifier(name), comment));
  }
  void comment_column(const table_definition& table, const column_definition& column) {
    if (!column.comment.empty()) execute(column_comment_text(table, column));
  }
  void statement(const ddl::drop_table& o) { execute("DROP TABLE " + quote_identifier(o.table.name)); }
  void statement(const ddl::rename_table& o) {
    alter(o.from, "RENAME TO " + quote_identifier(o.to));
    // Their names are those of relations, which a schema has once: a new table of the former name would ask for them.
    const table_definition& former = table(o.from);
    table_definition after = former;
    after.name = o.to;
    const auto rename_constraint = [&](const std::string& from, const std::string& to) {
      alter(o.to, "RENAME CONSTRAINT " + quote_identifier(from) + " TO " + quote_identifier(to));
    };
    const std::string& key = former.primary_key.name;
    if (!former.primary_key.columns.empty() && key == conventional_primary_key_name(former)) {
      rename_constraint(key, conventional_primary_key_name(after));
    }
    for (const key_definition& unique : former.uniques) {
      if (unique.name == conventional_name(former, unique))
        rename_constraint(unique.name, conventional_name(after, unique));
    }
    for (const index_definition& index : former.indexes) {
      if (index.name != conventional_name(former, index)) continue;
      execute("ALTER INDEX " + quote_identifier(index.name) + " RENAME TO " +
              quote_identifier(conventional_name(after, index)));
    }
  }
  void statement(const ddl::add_column& o) {
    alter(o.table, "ADD COLUMN " + column_text(table(o.table), o.column));
    comment_column(table(o.table), o.column);
  }
  void statement(const ddl::drop_column& o) { alter(o.table, "DROP COLUMN " + quote_identifier(o.column.name)); }
  void statement(const ddl::rename_column& o) {
    alter(o.table, "RENAME COLUMN " + quote_identifier(o.from) + " TO " + quote_identifier(o.to));
    for (index_definition index : table(o.table).indexes) {
      if (!index.is_search() || index.name != conventional_name(table(o.table), index)) continue;
      const std::string former = index.name;
      for (index_column& column : index.columns) {
        if (column.name == o.from) column.name = o.to;
      }
      const std::string now = conventional_name(table(o.table), index);
      if (now == former) continue;
      execute("ALTER INDEX " + quote_identifier(former) + " RENAME TO " + quote_identifier(now));
    }
  }
  void statement(const ddl::alter_column& o) {
    // What the table has now counts, not what the operation remembers of it.
    const table_definition& changed = table(o.table);
    alter_column(changed, *changed.find_column(o.from.name), o.to);
  }
  void alter_column(const table_definition& changed, const column_definition& from, const column_definition& to) {
    table_definition after = changed;
    *after.find_column(to.name) = to;
    const bool remade = makes_column_anew(from, to);
    const bool rewritten = from.type != to.type || from.collation != to.collation;
    dependents of(changed, {from.name}, remade || rewritten, remade);
    if (from.collation != to.collation) of.add_collated(changed, from);
    if (remade || rewritten) views_aside(read_columns(changed, {from.name}, of));
    for (const foreign_key_definition* key : of.foreign_keys) drop_constraint(after.name, key->name);
    drop(after, of);
    for (std::string& sql : alter_column_texts(after, from, to)) execute(std::move(sql));
    make_again(after, of);
    for (const foreign_key_definition* key : of.foreign_keys) alter(after.name, "ADD " + foreign_key_text(*key));
    if (remade || rewritten) statements_.push_back(make_views_again());
  }
  void views_aside(const changed_columns& columns) {
    if (columns.empty()) return;
    for (ddl_statement& part : set_views_aside(columns)) statements_.push_back(std::move(part));
  }
  /// What views may read of it.
  static changed_columns read_columns(const table_definition& table, const std::vector<std::string_view>& changed,
                                      const dependents& of) {
    changed_columns columns;
    for (const std::string_view column : changed) columns.emplace_back(table.name, std::string(column));
    for (const column_definition* computed : of.computed) columns.emplace_back(table.name, computed->name);
    return columns;
  }
  /// All but the foreign keys, which stand between tables.
  void drop(const table_definition& table, const dependents& of) {
    for (const exclusion_definition* exclusion : of.exclusions) drop_constraint(table.name, exclusion->name);
    for (const check_definition* check : of.checks) drop_constraint(table.name, check->name);
    for (const index_definition* index : of.indexes) execute("DROP INDEX " + quote_identifier(index->name));
    for (const key_definition* unique : of.uniques) drop_constraint(table.name, unique->name);
    for (const column_definition* computed : of.computed) {
      alter(table.name, "DROP COLUMN " + quote_identifier(computed->name));
    }
  }
  void make_again(const table_definition& table, const dependents& of) {
    for (const column_definition* computed : of.computed) {
      alter(table.name, "ADD COLUMN " + column_text(table, *computed));
      comment_column(table, *computed);
    }
    for (const key_definition* unique : of.uniques) alter(table.name, "ADD " + key_text(*unique, "UNIQUE"));
    for (const index_definition* index : of.indexes) execute(create_index_text(table, *index));
    for (const check_definition* check : of.checks) alter(table.name, "ADD " + check_text(table, *check));
    for (const exclusion_definition* exclusion : of.exclusions) {
      alter(table.name, "ADD " + exclusion_text(table, *exclusion));
    }
  }
  void statement(const ddl::add_index& o) {
    if (!o.concurrently) return execute(create_index_text(table(o.table), o.index));
    statements_.push_back(clear_failed_build(o.index.name));
    statements_.push_back({ddl_role::outside, create_index_text(table(o.table), o.index, true)});
  }
  void statement(const ddl::drop_index& o) {
    const std::string name = quote_identifier(o.index.name);
    if (!o.concurrently) return execute("DROP INDEX " + name);
    statements_.push_back({ddl_role::outside, "DROP INDEX CONCURRENTLY IF EXISTS " + name});
  }
  void statement(const ddl::rename_index& o) {
    execute("ALTER INDEX " + quote_identifier(o.from) + " RENAME TO " + quote_identifier(o.to));
  }
  void statement(const ddl::add_unique& o) {
    if (!o.concurrently) return alter(o.table, "ADD " + key_text(o.unique, "UNIQUE"));
    for (ddl_statement& part : add_unique_concurrently(o)) statements_.push_back(std::move(part));
  }
  void statement(const ddl::drop_unique& o) {
    if (!o.concurrently) return drop_constraint(o.table, o.unique.name);
    statements_.push_back({ddl_role::outside, "ALTER TABLE " + quote_identifier(o.table) +
                                                  " DROP CONSTRAINT IF EXISTS " + quote_identifier(o.unique.name)});
  }
  void statement(const ddl::rename_constraint& o) {
    alter(o.table, "RENAME CONSTRAINT " + quote_identifier(o.from) + " TO " + quote_identifier(o.to));
  }
  void statement(const ddl::validate_constraint& o) {
    alter(o.table, "VALIDATE CONSTRAINT " + quote_identifier(o.name));
  }
  void statement(const ddl::add_check& o) {
    alter(o.table, "ADD " + check_text(table(o.table), o.check) + not_valid(o.not_valid));
  }
  void statement(const ddl::drop_check& o) { drop_constraint(o.table, o.check.name); }
  void statement(const ddl::add_foreign_key& o) {
    alter(o.table, "ADD " + foreign_key_text(o.foreign_key) + not_valid(o.not_valid));
  }
  void statement(const ddl::drop_foreign_key& o) { drop_constraint(o.table, o.foreign_key.name); }
  void statement(const ddl::change_primary_key& o) {
    const key_definition& now = table(o.table).primary_key;
    if (!now.columns.empty()) {
      drop_constraint(o.table, now.name.empty() ? conventional_primary_key_name(table(o.table)) : now.name);
    }
    if (!o.to.columns.empty()) alter(o.table, "ADD " + key_text(o.to, "PRIMARY KEY"));
  }
  void statement(const ddl::execute_sql& o) { execute(o.up); }
  void statement(const ddl::add_exclusion& o) { alter(o.table, "ADD " + exclusion_text(table(o.table), o.exclusion)); }
  void statement(const ddl::drop_exclusion& o) { drop_constraint(o.table, o.exclusion.name); }
  void statement(const ddl::comment_table& o) { comment_table(o.table, o.to); }
  void statement(const ddl::create_enum& o) { create_enum(o.type); }
  void create_enum(const enum_definition& type) {
    std::string values;
    for (const std::string& value : type.values) values += (values.empty() ? "" : ", ") + sql_text_literal(value);
    execute("CREATE TYPE " + quote_identifier(type.name) + " AS ENUM (" + values + ")");
  }
  void statement(const ddl::drop_enum& o) { execute("DROP TYPE " + quote_identifier(o.type.name)); }
  void statement(const ddl::rename_enum_value& o) {
    execute("ALTER TYPE " + quote_identifier(o.type) + " RENAME VALUE " + sql_text_literal(o.from) + " TO " +
            sql_text_literal(o.to));
  }
  void statement(const ddl::change_enum& o) {
    const std::vector<std::string> added = values_to_add(o.from.values, o.to.values);
    // A value that was added cannot be used in the same transaction; one of a type that was made in it can.
    const bool used = o.code_follows || std::any_of(rest_.begin(), rest_.end(), [&](const schema_operation& later) {
                        const std::string text = later.canonical();
                        return std::any_of(added.begin(), added.end(),
                                           [&](const std::string& value) { return may_use(text, value); });
                      });
    if (added.empty() || used) return make_enum_anew(o.to);
    for (std::size_t i = 0; i < o.to.values.size(); ++i) {
      const std::string& value = o.to.values[i];
      if (std::find(added.begin(), added.end(), value) == added.end()) continue;
      const std::string place =
          i != 0 ? " AFTER " + sql_text_literal(o.to.values[i - 1]) : " BEFORE " + sql_text_literal(o.from.values[0]);
      execute("ALTER TYPE " + quote_identifier(o.to.name) + " ADD VALUE " + sql_text_literal(value) + place);
    }
  }
  /// Whether the value stands in the canonical text of an operation as a literal, or in one as an element of an array:
  /// 'new', '[\"new\"]', '{a,new}'.
  static bool may_use(std::string_view text, const std::string& value) {
    // What is behind the first character that is written otherwise inside of quotes is not looked at.
    const std::string_view plain = std::string_view(value).substr(0, value.find_first_of("'\"\\\n"));
    if (plain.empty()) return true;
    for (std::size_t at = text.find(plain); at != std::string_view::npos; at = text.find(plain, at + 1)) {
      const std::string_view before = text.substr(0, at);
      const std::string_view behind = text.substr(at + plain.size());
      const bool begins = before.ends_with('\'') || before.ends_with('{') || before.ends_with(',') ||
                          before.ends_with("\\\"");  // a bare quote is that of a name
      if (begins && !behind.empty() && std::string_view("'},\\").find(behind[0]) != std::string_view::npos) return true;
    }
    return false;
  }
  /// What is new, where nothing else is: no value is gone, and those that were there stand in the same order.
  static std::vector<std::string> values_to_add(const std::vector<std::string>& from,
                                                const std::vector<std::string>& to) {
    std::vector<std::string> added;
    std::size_t met = 0;
    for (const std::string& value : to) {
      if (met < from.size() && value == from[met]) {
        ++met;
      } else {
        added.push_back(value);
      }
    }
    return met == from.size() ? added : std::vector<std::string>();
  }
  void statement(const ddl::create_composite& o) { execute(create_composite_text(o.type)); }
  void statement(const ddl::drop_composite& o) { execute("DROP TYPE " + quote_identifier(o.type.name)); }
  void statement(const ddl::change_composite& o) {
    if (std::string in_place = change_composite_text(o); !in_place.empty()) return execute(std::move(in_place));
    const auto columns = columns_to_retype(state_, o.to.name);
    changed_columns read;
    for (const auto& [table, column] : columns) {
      for (auto& one : read_columns(*table, {column->name}, dependents(*table, {column->name}, true, false))) {
        read.push_back(std::move(one));
      }
    }
    views_aside(read);
    const std::string former = "tupelo_old_" + o.to.name;
    execute("ALTER TYPE " + quote_identifier(o.to.name) + " RENAME TO " + quote_identifier(former));
    execute(create_composite_text(o.to));
    for (const auto& [table, column] : columns) {
      const dependents of(*table, {column->name}, true, false);
      for (const foreign_key_definition* key : of.foreign_keys) drop_constraint(table->name, key->name);
      drop(*table, of);
      alter(table->name, retype_text(column->name, o));
      make_again(*table, of);
      for (const foreign_key_definition* key : of.foreign_keys) alter(table->name, "ADD " + foreign_key_text(*key));
    }
    execute("DROP TYPE " + quote_identifier(former));
    if (!read.empty()) statements_.push_back(make_views_again());
  }
  void make_enum_anew(const enum_definition& type) {
    const std::string former = "tupelo_old_" + type.name;
    execute("ALTER TYPE " + quote_identifier(type.name) + " RENAME TO " + quote_identifier(former));
    create_enum(type);
    const auto is_of = [&](const table_definition* table, const std::string& name) {
      const column_definition* column = table != nullptr ? table->find_column(name) : nullptr;
      return column != nullptr && column->type.kind == type_kind::enumeration && column->type.native == type.name;
    };
    // What compares two columns of the type fails while one of them is of the former: all go before the first changes.
    std::vector<std::pair<const table_definition*, const foreign_key_definition*>> keys;
    std::vector<std::pair<const table_definition*, dependents>> tables;
    changed_columns read;
    for (const table_definition& table : state_.tables) {
      for (const foreign_key_definition& key : table.foreign_keys) {
        const table_definition* other = state_.find(key.references);
        const bool uses =
            std::any_of(key.columns.begin(), key.columns.end(), [&](auto& name) { return is_of(&table, name); }) ||
            std::any_of(key.referenced_columns.begin(), key.referenced_columns.end(),
                        [&](auto& name) { return is_of(other, name); });
        if (uses) keys.emplace_back(&table, &key);
      }
      std::vector<std::string_view> changed;
      for (const column_definition& column : table.columns) {
        if (is_of(&table, column.name)) changed.push_back(column.name);
      }
      if (changed.empty()) continue;
      tables.emplace_back(&table, dependents(table, changed, true, false));
      for (auto& one : read_columns(table, changed, tables.back().second)) read.push_back(std::move(one));
    }
    views_aside(read);
    for (const auto& [table, key] : keys) drop_constraint(table->name, key->name);
    for (const auto& [table, of] : tables) drop(*table, of);
    for (const auto& [table, of] : tables) {
      for (const column_definition& column : table->columns) {
        if (!is_of(table, column.name)) continue;
        column_definition from = column;
        from.type.native = former;
        for (std::string& sql : alter_column_texts(*table, from, column)) execute(std::move(sql));
      }
    }
    for (const auto& [table, of] : tables) make_again(*table, of);
    for (const auto& [table, key] : keys) alter(table->name, "ADD " + foreign_key_text(*key));
    execute("DROP TYPE " + quote_identifier(former));
    if (!read.empty()) statements_.push_back(make_views_again());
  }

  schema_definition state_;
  std::span<const schema_operation> rest_;  // the operations behind the one that is being rendered
  std::vector<ddl_statement> statements_;
};

}  // namespace

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
  for (const auto& exclusion : table.exclusions) add(exclusion_text(table, exclusion));
  for (const auto& key : table.foreign_keys) add(foreign_key_text(key));
  return out + "\n)";
}

std::string create_index_text(const table_definition& table, const index_definition& index, bool concurrently) {
  std::string terms;
  for (const index_column& term : index.columns) {
    terms += (terms.empty() ? "" : ", ") + index_term_text(table, index, term);
  }
  if (index.is_search()) {
    std::vector<searched_column> searched;
    for (const index_column& column : index.columns) searched.push_back({quote_identifier(column.name), column.weight});
    terms = "(" + search_vector(index.language, searched) + ")";
  }
  std::string out = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " +
                    (concurrently ? "CONCURRENTLY " : "") + quote_identifier(index.name) + " ON " +
                    quote_identifier(table.name);
  if (index.is_search()) out += " USING gin";
  if (!index.method.empty()) out += " USING " + index.method;
  out += " (" + terms + ")";
  if (!index.include.empty()) out += " INCLUDE (" + quoted_list(index.include) + ")";
  if (index.nulls_not_distinct) out += " NULLS NOT DISTINCT";
  return index.where.empty() ? out : out + " WHERE " + expression_sql(table, index.where);
}

namespace {

/// Whether the class is what the server takes where none is named. Of its own classes those that are called after a
/// type, or a family of types, are the usual ones of it in every kind of index that has them.
bool is_usual_class(std::string_view name) noexcept {
  constexpr std::string_view usual[] = {
      "array_ops",     "bit_ops",         "bool_ops",    "bytea_ops",   "char_ops",     "date_ops",     "enum_ops",
      "float4_ops",    "float8_ops",      "int2_ops",    "int4_ops",    "int8_ops",     "interval_ops", "jsonb_ops",
      "money_ops",     "multirange_ops",  "numeric_ops", "oid_ops",     "range_ops",    "text_ops",     "time_ops",
      "timestamp_ops", "timestamptz_ops", "timetz_ops",  "tsquery_ops", "tsvector_ops", "uuid_ops",     "varbit_ops",
  };
  return std::find(std::begin(usual), std::end(usual), name) != std::end(usual);
}

/// A term of an index without what is meant anyway or makes no difference.
void keep(const table_definition& table, index_column& term) {
  const bool usual = term.nulls == (term.descending ? index_nulls::last : index_nulls::first);
  if (usual || !may_be_null(table, term)) term.nulls = index_nulls::smallest;
  // Of a term that compares as its column does the catalog does not say whether somebody asked for that.
  const column_definition* column = term.is_expression() ? nullptr : table.find_column(term.name);
  if (term.collation == (column == nullptr || column->collation.empty() ? "default" : column->collation)) {
    term.collation.clear();
  }
  const std::size_t schema = term.operator_class.rfind('.');
  if (schema != std::string::npos) term.operator_class.erase(0, schema + 1);
  term.operator_class.erase(std::min(term.operator_class.find_first_of(" ("), term.operator_class.size()));
  if (is_usual_class(term.operator_class)) term.operator_class.clear();
}

}  // namespace

schema_definition kept(const schema_definition& schema) {
  schema_definition out = schema;
  for (table_definition& table : out.tables) {
    for (column_definition& column : table.columns) {
      if (column.collation == "default") column.collation.clear();
    }
    for (index_definition& index : table.indexes) {
      for (index_column& term : index.columns) keep(table, term);
    }
    for (exclusion_definition& exclusion : table.exclusions) {
      if (exclusion.method == "gist") exclusion.method.clear();
      for (exclusion_term& term : exclusion.terms) keep(table, term.of);
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

}  // namespace tupelo::postgres
