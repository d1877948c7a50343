// SPDX-License-Identifier: Apache-2.0
#include "sqlite_failure.hpp"

#include "decimal_functions.hpp"
#include "held_numbers.hpp"
#include "sql_scanner.hpp"

#include <tupelo/core/error.hpp>

#include <cstddef>
#include <initializer_list>
#include <utility>

namespace tupelo::driver {

namespace {

/// The first column of the first row that a query on the schema gives; empty when there is none or the query fails,
/// because what it would add to an error is not worth another error.
std::string ask_schema(sqlite3* database, const char* sql, std::initializer_list<std::string_view> values) {
  sqlite3_stmt* statement = nullptr;
  std::string answer;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK) {
    int place = 0;
    for (const std::string_view value : values) {
      sqlite3_bind_text(statement, ++place, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      if (text != nullptr) answer.assign(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
    }
  }
  sqlite3_finalize(statement);
  return answer;
}

std::string text_of_table(sqlite3* database, std::string_view table) {
  return ask_schema(database, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
                    {table});
}

std::string_view behind(std::string_view text, std::string_view mark) noexcept {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

/// "users.email, users.name" as table and columns.
void split_columns(std::string_view list, const statement_target& target, error_details& details) {
  std::string_view table = target.table;
  if (table.empty() || !list.starts_with(table) || list.substr(table.size(), 1) != ".")
    table = list.substr(0, list.find('.'));
  if (table.size() >= list.size()) return;
  details.table = table;
  const std::string separator = ", " + details.table + ".";
  list.remove_prefix(table.size() + 1);
  for (;;) {
    const std::size_t at = list.find(separator);
    details.column += list.substr(0, at);
    if (at == std::string_view::npos) return;
    details.column += ", ";
    list.remove_prefix(at + separator.size());
  }
}

std::string in_quotes(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string where(const error_details& details) {
  std::string out;
  if (!details.table.empty()) out += " of table " + in_quotes(details.table);
  if (!details.column.empty()) out += " (" + details.column + ")";
  return out;
}

struct context {
  sqlite3* database;
  const sqlite_failure& failure;
  std::string_view statement;
  std::string_view database_name;

  [[noreturn]] void raise(errc code, const char* sqlstate, std::string message, error_details details = {}) const {
    details.sqlstate = sqlstate;
    details.native_code = failure.code;
    details.words = failure.message;
    throw_database_error(code, std::move(message), std::move(details), std::string(statement));
  }
  [[noreturn]] void raise_untold() const {
    raise(errc::database_error, "HY000",
          "SQLite refused a value of the statement while it ran; what it says of it is left out, as it quotes values. "
          "Full text search (MATCH), JSON paths and functions take texts of a certain form");
  }
};

[[noreturn]] void throw_unique(const context& c) {
  error_details details;
  const std::string_view what = behind(c.failure.message, "UNIQUE constraint failed: ");
  if (what.starts_with("index '")) {
    details.constraint = what.substr(7, what.size() - 8);
    details.table = ask_schema(c.database, "SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = ?1",
                               {details.constraint});
  } else {
    split_columns(what, statement_target::of(c.statement), details);
    const bool primary = (c.failure.code == SQLITE_CONSTRAINT_PRIMARYKEY || c.failure.code == SQLITE_CONSTRAINT_ROWID);
    details.constraint =
        constraint_name(text_of_table(c.database, details.table), primary ? "PRIMARY" : "UNIQUE", details.column);
    if (details.constraint.empty()) {
      details.constraint =
          ask_schema(c.database,
                     "SELECT name FROM pragma_index_list(?1) AS i WHERE i.\"unique\" AND ?2 = (SELECT "
                     "group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))",
                     {details.table, details.column});
    }
    if (details.constraint.empty() && primary) details.constraint = "PRIMARY KEY";
  }
  std::string message = "unique constraint" + where(details) + " violated: another row has the same value";
  if (!details.constraint.empty()) message += " in " + details.constraint;
  c.raise(errc::unique_violation, "23505", message + "; change the value, or use an upsert", std::move(details));
}

[[noreturn]] void throw_not_null(const context& c) {
  error_details details;
  split_columns(behind(c.failure.message, "NOT NULL constraint failed: "), statement_target::of(c.statement), details);
  std::string message =
      "column " + in_quotes(details.column) + " of table " + in_quotes(details.table) + " may not be NULL";
  c.raise(errc::not_null_violation, "23502", message + "; give it a value or a default", std::move(details));
}

[[noreturn]] void throw_check(const context& c) {
  error_details details;
  details.table = statement_target::of(c.statement).table;
  details.constraint = behind(c.failure.message, "CHECK constraint failed: ");
  std::string message = "check constraint " + in_quotes(details.constraint) + where(details) + " violated";
  c.raise(errc::check_violation, "23514", message + "; the row must satisfy it", std::move(details));
}

[[noreturn]] void throw_foreign_key(const context& c) {
  error_details details;
  const statement_target target = statement_target::of(c.statement);
  details.table = target.table;
  std::string message = "foreign key";
  if (target.inserts) {
    // SQLite does not say which key failed. An insert can only fail at one of its own, so a single one is it.
    constexpr auto single =
        "SELECT group_concat(\"from\", ', ') FROM (SELECT \"from\", id FROM pragma_foreign_key_list(?1) "
        "ORDER BY id, seq) HAVING count(DISTINCT id) = 1";
    details.column = ask_schema(c.database, single, {target.table});
    if (!details.column.empty()) {
      details.constraint = constraint_name(text_of_table(c.database, target.table), "FOREIGN", details.column);
    }
    message += where(details) + " violated: the row that it names does not exist; insert that one first";
  } else if (!target.table.empty()) {
    message += where(details) + " violated: a row is still referred to, or refers to one that does not exist; "
                                "change the referring rows first";
  } else {
    message += " violated: a row refers to one that does not exist when the transaction ends; "
               "PRAGMA foreign_key_check lists such rows";
  }
  c.raise(errc::foreign_key_violation, "23503", std::move(message), std::move(details));
}

[[noreturn]] void throw_constraint(const context& c) {
  switch (c.failure.code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: throw_unique(c);
    case SQLITE_CONSTRAINT_NOTNULL: throw_not_null(c);
    case SQLITE_CONSTRAINT_CHECK: throw_check(c);
    case SQLITE_CONSTRAINT_FOREIGNKEY: throw_foreign_key(c);
    case SQLITE_CONSTRAINT_DATATYPE: {
      // "cannot store TEXT value in INTEGER column users.age"
      error_details details;
      split_columns(behind(c.failure.message, " column "), statement_target::of(c.statement), details);
      c.raise(errc::type_mismatch, "42804", c.failure.message + "; the table is STRICT", std::move(details));
    }
    case SQLITE_CONSTRAINT_TRIGGER:
      // ON DELETE RESTRICT is a trigger of SQLite's own.
      if (c.failure.message == "FOREIGN KEY constraint failed") throw_foreign_key(c);
      c.raise(errc::database_error, "P0001", "a trigger refused the statement: " + c.failure.message);
    default: c.raise(errc::database_error, "23000", c.failure.message);
  }
}

[[noreturn]] void throw_statement_error(const context& c) {
  const std::string& said = c.failure.message;
  error_details details;
  const auto says = [&said](std::string_view text) { return said.find(text) != std::string::npos; };
  // What fails while it runs may quote a value: full text search and JSON functions do.
  const auto is_own = [&c](std::string_view name) {
    return !c.failure.while_running || c.statement.find(name) != std::string_view::npos;
  };
  if (says("no such column: ") && !is_own(behind(said, "no such column: "))) c.raise_untold();
  if (says("no such column: ") || says("has no column named ")) {
    details.column = behind(said, says("no such column: ") ? "no such column: " : " has no column named ");
    if (said.starts_with("table ")) details.table = said.substr(6, said.find(" has no column named ") - 6);
    std::string message = "unknown column " + in_quotes(details.column);
    if (!details.table.empty()) message += " of table " + in_quotes(details.table);
    message += "; check its spelling, and that all migrations are applied";
    c.raise(errc::unknown_column, "42703", std::move(message), std::move(details));
  }
  if (says("no such table: ")) {
    details.table = behind(said, "no such table: ");
    std::string message = "unknown table " + in_quotes(details.table) + " in " + std::string(c.database_name) +
                          "; check its spelling, and that all migrations are applied";
    c.raise(errc::unknown_table, "42P01", std::move(message), std::move(details));
  }
  struct rule {
    std::string_view text;
    errc code;
    const char* sqlstate;
  };
  constexpr rule rules[] = {
      {"syntax error", errc::syntax_error, "42601"},
      {"incomplete input", errc::syntax_error, "42601"},
      {"unrecognized token", errc::syntax_error, "42601"},
      {"no such function", errc::syntax_error, "42883"},
      {"wrong number of arguments", errc::syntax_error, "42883"},
      {"misuse of aggregate", errc::syntax_error, "42803"},
      {"ambiguous column name", errc::syntax_error, "42702"},
      {"number of result columns", errc::syntax_error, "42601"},
      {" values for ", errc::syntax_error, "42601"},  // "2 values for 3 columns"
      {"already exists", errc::database_error, "42P07"},
      {"duplicate column name", errc::database_error, "42701"},
      {"no such index", errc::database_error, "42704"},
      {"too many SQL variables", errc::database_error, "54000"},
      {"cannot start a transaction within a transaction", errc::invalid_transaction, "25001"},
      {"no transaction is active", errc::invalid_transaction, "25P01"},
      {"no such savepoint", errc::invalid_transaction, "3B001"},
      {"integer overflow", errc::value_out_of_range, "22003"},
      {decimal_too_long, errc::value_out_of_range, "22003"},
      {decimal_no_number, errc::value_out_of_range, "22003"},
      {number_not_held, errc::value_out_of_range, "22003"},
  };
  for (const rule& r : rules) {
    if (!says(r.text)) continue;
    c.raise(r.code, r.sqlstate, "SQLite: " + (c.failure.while_running ? std::string(r.text) : said));
  }
  if (c.failure.while_running) c.raise_untold();
  c.raise(errc::database_error, "HY000", "SQLite: " + said);
}

/// ", in the definition of "users"": where it is that of a table, an index, a view or a trigger that cannot be read.
std::string damaged_object(const std::string& message) {
  const std::string_view object = behind(message, "malformed database schema (");
  const std::size_t end = object.find(')');
  return end == std::string_view::npos ? std::string() : ", in the definition of " + in_quotes(object.substr(0, end));
}

}  // namespace

sqlite_failure sqlite_failure::of(sqlite3* database, int code) {
  // After an out-of-memory in open there is no database to ask.
  return {code, database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code), false};
}

void throw_sqlite_failure(sqlite3* database, const sqlite_failure& failure, std::string_view statement,
                          std::string_view database_name) {
  const context c{database, failure, statement, database_name};
  const std::string name = in_quotes(database_name);
  switch (failure.code & 0xff) {
    case SQLITE_CONSTRAINT: throw_constraint(c);
    case SQLITE_ERROR: throw_statement_error(c);
    case SQLITE_BUSY:
      if (failure.code == SQLITE_BUSY_SNAPSHOT) {
        c.raise(errc::serialization_failure, "40001",
                "the transaction wants to write to " + name +
                    " but somebody else has since it began to read; "
                    "run it again, or begin it as an immediate transaction");
      }
      c.raise(errc::busy, "55P03",
              "the database " + name +
                  " is locked by another connection for longer than the deadline or busy_timeout allows; "
                  "run the transaction again, keep other writers' transactions short, or give it more time");
    case SQLITE_LOCKED:
      c.raise(errc::busy, "55P03",
              "a table of " + name +
                  " is in use by another statement of the same connection; read or end its open result first");
    case SQLITE_PROTOCOL:
      c.raise(errc::busy, "55P03", "the lock on the WAL of " + name + " could not be had; run the transaction again");
    case SQLITE_FULL:
      c.raise(errc::disk_full, "53100",
              "the database " + name +
                  " cannot grow: the disk is full or max_page_count is reached; make room, then run it again");
    case SQLITE_READONLY:
      c.raise(errc::read_only, "25006",
              "the database " + name +
                  " is read-only; open it without mode=ro and make the file and its directory writable");
    case SQLITE_CORRUPT:
      c.raise(errc::corrupt_database, "XX001",
              "the database file " + name + " is damaged" + damaged_object(failure.message) +
                  "; restore a backup, or save what can be read with `sqlite3 FILE .recover`");
    case SQLITE_NOTADB:
      c.raise(errc::corrupt_database, "XX001",
              "the file " + name + " is not a SQLite database, or is encrypted; check the path");
    case SQLITE_CANTOPEN:
      c.raise(errc::connection_failed, "08001",
              "the database file " + name +
                  " cannot be opened; check that its directory exists and that both may be read "
                  "(and written, unless mode=ro)");
    case SQLITE_PERM:
    case SQLITE_AUTH:
      c.raise(errc::permission_denied, "42501", "SQLite does not permit this on " + name + ": " + failure.message);
    case SQLITE_IOERR:
      if (failure.code == SQLITE_IOERR_NOMEM)
        c.raise(errc::out_of_memory, "53200", "SQLite ran out of memory on " + name);
      c.raise(errc::database_error, "58030",
              "reading or writing " + name + " failed: " + failure.message + "; check the disk");
    case SQLITE_NOMEM: c.raise(errc::out_of_memory, "53200", "SQLite ran out of memory on " + name);
    case SQLITE_MISMATCH:
      c.raise(errc::type_mismatch, "42804", "SQLite: " + failure.message + ": the primary key takes an integer only",
              {{}, {}, statement_target::of(statement).table, {}, 0});
    case SQLITE_TOOBIG:
      c.raise(errc::value_out_of_range, "54000",
              "a text, bytes or statement is longer than SQLite takes (1,000,000,000 bytes)");
    case SQLITE_INTERRUPT: c.raise(errc::cancelled, "57014", "the statement was interrupted");
    case SQLITE_RANGE: throw query_error("a parameter's number is beyond those of the statement");
    default:
      c.raise(errc::database_error, "HY000", "SQLite: " + failure.message + " (" + std::to_string(failure.code) + ")");
  }
}

}  // namespace tupelo::driver
