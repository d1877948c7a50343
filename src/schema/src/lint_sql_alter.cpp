// SPDX-License-Identifier: Apache-2.0
// CREATE TABLE and ALTER TABLE: read into the operations that schema_editor records, where there are such.
#include "lint_sql.hpp"

#include <tupelo/dialect/type_spelling.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace tupelo {
namespace {

constexpr sql_words behind_a_type{"CONSTRAINT",    "NOT",     "NULL",       "DEFAULT",    "GENERATED", "CHECK",
                                  "UNIQUE",        "PRIMARY", "COLLATE",    "REFERENCES", "STORAGE",   "COMPRESSION",
                                  "AUTOINCREMENT", "AS",      "DEFERRABLE", "USING"};

bool is_serial(const column_type& type) {
  return type.kind == type_kind::native &&
         (type.native.find("serial") != std::string::npos || type.native.find("SERIAL") != std::string::npos);
}

struct table_constraint {
  std::variant<std::monostate, ddl::change_primary_key, ddl::add_unique, ddl::add_check, ddl::add_foreign_key,
               ddl::add_exclusion>
      operation{};
  std::string name{};
  bool checked_later = false;  ///< NOT VALID
  bool of_index = false;       ///< USING INDEX: it is there already
};

/// A constraint of a table, or of the column where one is given.
std::optional<table_constraint> read_constraint(sql_cursor& of, const std::string& table, const std::string& column) {
  table_constraint made;
  if (of.skip({"CONSTRAINT"})) made.name = of.name();
  const auto columns = [&] { return column.empty() ? of.parenthesized().names() : std::vector<std::string>{column}; };
  if (of.skip({"PRIMARY", "KEY"})) {
    made.of_index = of.is({"USING", "INDEX"});
    made.operation = ddl::change_primary_key{table, {}, {.name = made.name, .columns = columns()}};
  } else if (of.skip({"UNIQUE"})) {
    made.of_index = of.is({"USING", "INDEX"});
    const bool alike = of.skip({"NULLS", "NOT", "DISTINCT"});
    made.operation = ddl::add_unique{table, {.name = made.name, .columns = columns(), .nulls_not_distinct = alike}};
  } else if (of.skip({"CHECK"})) {
    made.operation = ddl::add_check{table, {.name = made.name, .expression = std::string(of.parenthesized().text())}};
  } else if (of.is({"REFERENCES"}) || of.skip({"FOREIGN", "KEY"})) {
    foreign_key_definition key{.name = made.name, .columns = columns()};
    of.skip({"REFERENCES"});
    key.references = of.name();
    key.referenced_columns = of.parenthesized().names();
    made.operation = ddl::add_foreign_key{table, std::move(key)};
  } else if (of.skip({"EXCLUDE"})) {
    made.operation = ddl::add_exclusion{table, {.name = made.name}};
  } else {
    return std::nullopt;
  }
  made.checked_later = of.has_at_top({"NOT", "VALID"});
  return made;
}

struct read_column {
  column_definition column{};
  std::vector<table_constraint> constraints{};
};

void read_generated(sql_cursor& of, column_definition& column) {
  column.identity_always = of.skip({"ALWAYS"});
  of.skip({"BY", "DEFAULT"});
  of.skip({"AS"});
  if (of.skip({"IDENTITY"})) {
    column.identity = true;
    (void)of.parenthesized();
    return;
  }
  column.identity_always = false;
  column.computed_sql = of.parenthesized().text();
  column.computed_at_read = !of.skip({"STORED"});
}

/// `name type constraint …`
read_column read_column_in(sql_cursor of, const std::string& table) {
  read_column out;
  column_definition& column = out.column;
  column.nullable = true;
  column.name = of.name();
  column.type = type_in_sql(of.until(behind_a_type));
  column.identity = is_serial(column.type);
  while (!of.done()) {
    if (of.skip({"NOT", "NULL"})) {
      column.nullable = false;
    } else if (of.skip({"COLLATE"})) {
      column.collation = of.name();
    } else if (of.skip({"DEFAULT"})) {
      column.default_sql = of.until(behind_a_type, 1).text();
    } else if (of.skip({"GENERATED"}) || of.is({"AS"})) {
      read_generated(of, column);
    } else if (sql_cursor rest = of; std::optional<table_constraint> made = read_constraint(rest, table, column.name)) {
      of = rest;
      if (std::holds_alternative<ddl::change_primary_key>(made->operation)) column.nullable = false;
      out.constraints.push_back(std::move(*made));
    } else {
      of.drop_front();
    }
  }
  return out;
}

/// One ALTER TABLE, action by action.
class table_alteration {
public:
  table_alteration(linter& into, std::string table, const std::string& what)
      : into_(into), table_(std::move(table)), what_(what) {}

  /// Whether it concerns nobody.
  bool action(sql_cursor of) {
    if (of.skip({"ADD"})) return add(of), false;
    if (of.skip({"DROP"})) return drop(of), false;
    if (of.skip({"ALTER", "CONSTRAINT"})) return false;
    if (of.skip({"ALTER"})) return alter(of);
    if (of.skip({"RENAME"})) return rename(of), false;
    if (of.skip({"VALIDATE", "CONSTRAINT"})) {
      into_.validates(table_, of.name());
      return true;
    }
    if (of.is({"SET"}) || of.is({"RESET"})) return set(of);
    if (of.skip({"ATTACH", "PARTITION"})) return attach(of), false;
    if (of.skip({"DETACH", "PARTITION"})) return detach(of), false;
    if (of.is({"CLUSTER", "ON"})) return true;
    return switched(of);
  }

private:
  void walk(schema_operation operation) { into_.parsed(std::move(operation), what_); }
  void report(std::string_view code, const std::string& part = {}) {
    if (into_.is_new(table_)) return;
    into_.changes(table_);
    into_.report(code, part.empty() ? table_ : table_ + "." + part, what_);
  }

  void add_made(table_constraint made) {
    if (made.of_index) return into_.changes(table_);
    if (made.checked_later) return report("new-restriction", made.name);
    std::visit(
        [&](auto& operation) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(operation)>, std::monostate>) walk(std::move(operation));
        },
        made.operation);
  }

  void add(sql_cursor of) {
    if (std::optional<table_constraint> made = read_constraint(of, table_, {})) return add_made(std::move(*made));
    if (of.skip({"NOT", "NULL"})) return add_not_null(of);
    of.skip({"COLUMN"});
    of.skip_conditions();
    read_column read = read_column_in(of, table_);
    walk(ddl::add_column{table_, std::move(read.column)});
    for (table_constraint& made : read.constraints) add_made(std::move(made));
  }

  void add_not_null(sql_cursor of) {
    column_ = of.name();
    if (of.is({"NOT", "VALID"})) return report("new-restriction", column_);
    set_not_null();
  }

  void drop(sql_cursor of) {
    const bool constraint = of.skip({"CONSTRAINT"});
    if (!constraint) of.skip({"COLUMN"});
    of.skip_conditions();
    const std::string name = of.name();
    if (of.is({"CASCADE"})) report("drop-schema", name);
    if (constraint) {
      walk(ddl::drop_check{table_, {.name = name, .expression = {}}});
    } else {
      walk(ddl::drop_column{table_, {.name = name}});
    }
  }

  void rename(sql_cursor of) {
    if (of.skip({"CONSTRAINT"})) return;
    if (of.skip({"TO"})) return walk(ddl::rename_table{table_, of.name()});
    of.skip({"COLUMN"});
    const std::string from = of.name();
    of.skip({"TO"});
    walk(ddl::rename_column{table_, from, of.name()});
  }

  void attach(sql_cursor of) {
    const std::string partition = of.name();
    const table_definition* const known = into_.find(partition);
    const bool checked = known != nullptr && !known->checks.empty();
    if (!checked && !into_.is_new(partition)) into_.report("blocking-attach", partition, what_);
  }
  void detach(sql_cursor of) {
    const std::string partition = of.name();
    if (!of.is({"CONCURRENTLY"})) report("blocking-detach", partition);
  }

  bool set(sql_cursor of) {
    of.drop_front();
    if (of.is_symbol("(") || of.is({"WITHOUT"})) return true;
    if (of.is({"SCHEMA"})) {
      report("move-object");
    } else if (of.is_any_of({"LOGGED", "UNLOGGED", "TABLESPACE", "ACCESS"})) {
      report("rewrite-table");
    }
    return false;
  }

  bool switched(sql_cursor of) {
    if (of.has({"ROW", "LEVEL", "SECURITY"})) {
      report("row-level-security");
    } else if (of.is({"DISABLE"})) {
      report("disabled-trigger");
    } else if (of.is({"REPLICA", "IDENTITY"})) {
      report("replica-identity");
    } else if (of.is({"INHERIT"}) || of.is({"NO", "INHERIT"})) {
      report("inheritance");
    } else if (of.is({"OWNER", "TO"})) {
      report("changed-rights");
    }
    return false;
  }

  // ---- ALTER [COLUMN]

  bool alter(sql_cursor of) {
    of.skip({"COLUMN"});
    column_ = of.name();
    if (of.is({"SET", "STATISTICS"}) || of.is({"SET", "STORAGE"}) || of.is({"SET", "COMPRESSION"})) return true;
    if (of.is({"RESET"}) || (of.is({"SET"}) && of.size() > 1 && of[1].text == "(")) return true;
    const column_definition* const known = into_.find_column(table_, column_);
    if (of.skip({"SET", "DATA", "TYPE"}) || of.skip({"TYPE"})) {
      alter_type(of, known);
    } else if (of.is({"SET", "NOT", "NULL"})) {
      set_not_null();
    } else if (of.is({"DROP", "NOT", "NULL"})) {
      report("drop-not-null", column_);
    } else if (of.skip({"SET", "DEFAULT"})) {
      if (known != nullptr) {
        column_definition to = *known;
        to.default_sql = of.text();
        walk(ddl::alter_column{table_, *known, std::move(to)});
      } else {
        report("change-default", column_);
      }
    } else if (of.is({"DROP", "DEFAULT"})) {
      if (known == nullptr || known->default_sql) report("drop-default", column_);
    } else if (of.is({"DROP", "IDENTITY"})) {
      report("drop-default", column_);
    } else if (of.is({"DROP", "EXPRESSION"})) {
      report("change-computed", column_);
    } else if (of.is({"SET", "EXPRESSION"})) {
      report("change-computed", column_);
      report("rewrite-type", column_);
    } else if (of.is({"SET", "GENERATED", "ALWAYS"})) {
      report("identity-always", column_);
    } else if (of.is({"RESTART"}) || of.has({"RESTART", "WITH"}) || of.is({"SET", "INCREMENT"})) {
      report("sequence-values", column_);
    } else {
      into_.changes(table_);
    }
    return false;
  }

  void alter_type(sql_cursor of, const column_definition* known) {
    if (known == nullptr) return report("rewrite-type", column_);
    column_definition to = *known;
    to.type = type_in_sql(of.until({"COLLATE", "USING"}));
    if (of.skip({"COLLATE"})) to.collation = of.name();
    walk(ddl::alter_column{table_, *known, std::move(to)});
  }

  void set_not_null() {
    const column_definition* const known = into_.find_column(table_, column_);
    if (known != nullptr && !known->nullable) return;
    if (into_.is_proven_not_null(table_, column_)) return into_.changes(table_);
    report("not-null", column_);
    report("blocking-not-null", column_);
  }

  linter& into_;
  std::string table_, column_;
  const std::string& what_;
};

}  // namespace

column_type type_in_sql(const sql_cursor& spelled) {
  const bool array = !spelled.done() && (spelled[spelled.size() - 1].text == "[]" || spelled.has({"ARRAY"}));
  const column_type element = spelled_type(spelled.text().substr(0, spelled.text().find('[')));
  if (element.kind == type_kind::native) return column_type::spelled(spelled.text());
  return array ? column_type::array_of(element) : element;
}

bool lint_alter_table(linter& into, sql_cursor of, const std::string& what) {
  if (of.is({"ALL", "IN", "TABLESPACE"})) {
    into.report("rewrite-table", {}, what);
    return false;
  }
  of.skip_conditions();
  table_alteration change(into, of.name(), what);
  bool harmless = true;
  for (const sql_cursor& action : of.items()) harmless = change.action(action) && harmless;
  return harmless;
}

void lint_create_table(linter& into, sql_cursor of, const std::string& what) {
  of.skip_conditions();
  table_definition table;
  table.name = of.name();
  if (into.was_there(table.name)) return;  // IF NOT EXISTS
  const auto constrain = [&](table_constraint made) {
    if (auto* key = std::get_if<ddl::change_primary_key>(&made.operation)) table.primary_key = std::move(key->to);
    if (auto* key = std::get_if<ddl::add_unique>(&made.operation)) {
      if (!key->unique.columns.empty()) table.uniques.push_back(std::move(key->unique));
    }
    if (auto* key = std::get_if<ddl::add_foreign_key>(&made.operation)) {
      table.foreign_keys.push_back(std::move(key->foreign_key));
    }
  };
  for (sql_cursor item : of.parenthesized().items()) {
    if (item.is({"LIKE"})) continue;
    if (std::optional<table_constraint> made = read_constraint(item, table.name, {})) {
      constrain(std::move(*made));
      continue;
    }
    read_column read = read_column_in(item, table.name);
    if (read.column.name.empty()) continue;
    table.columns.push_back(std::move(read.column));
    for (table_constraint& made : read.constraints) constrain(std::move(made));
  }
  into.parsed(ddl::create_table{std::move(table)}, what);
}

}  // namespace tupelo
