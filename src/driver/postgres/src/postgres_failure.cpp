// SPDX-License-Identifier: Apache-2.0
#include "postgres_failure.hpp"

#include "protocol_violation.hpp"
#include "script_splitter.hpp"
#include "sqlstate_rules.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

std::string quoted(std::string_view name) { return "\"" + shown_text(name) + "\""; }

std::string where(const error_details& details) {
  std::string out;
  if (!details.table.empty()) out += " of table " + quoted(details.table);
  if (!details.column.empty()) out += " (" + details.column + ")";
  return out;
}

/// The columns in "Key (team, nick)=(7, Ada) already exists.", whose first word is translated. Values only follow.
std::string key_columns(std::string_view detail) {
  const std::size_t begin = detail.find('(');
  const std::size_t end = detail.find(")=(");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return shown_text(detail.substr(begin + 1, end - begin - 1));
}

constexpr std::string_view protocol_violation = "08P01";
/// Its detail names what depends on it, and nothing else; beside one its hint is to drop that too, whatever it is.
constexpr std::string_view dependent_objects = "2BP01";
constexpr std::string_view no_valid_sql = "42601";

/// Functions choose SQLSTATE and text of what they raise freely, so neither says anything about the text.
bool raised_by_function(const error_fields& fields) noexcept {
  const std::string_view routine = fields.routine;
  return routine == "exec_stmt_raise" || routine == "exec_stmt_assert" || routine.starts_with("PLy_") ||
         routine.starts_with("plperl") || routine.starts_with("pltcl") || fields.sqlstate.starts_with("P0");
}

/// Whether the names of an error are in the statement itself: it was found when that was analysed, or the statement
/// takes no values.
bool is_of_statement(const error_fields& fields, std::string_view statement) noexcept {
  if (fields.position != 0 && fields.where.empty()) return true;
  constexpr std::string_view definitions[] = {"alter",  "analyze",  "cluster",  "comment", "create",   "drop",
                                              "grant",  "lock",     "reassign", "refresh", "reindex",  "reset",
                                              "revoke", "security", "set",      "show",    "truncate", "vacuum"};
  return std::any_of(std::begin(definitions), std::end(definitions),
                     [statement](std::string_view word) { return begins_with_word(statement, word); });
}

bool is_operator(char c) noexcept { return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos; }

/// Whether the server stumbled over a `?`, which it takes for an operator: it names the operator, or what stands in the
/// place of the operand behind it.
bool is_about_placeholder(const error_fields& fields, std::string_view statement) noexcept {
  if (fields.sqlstate != no_valid_sql || fields.position == 0 || raised_by_function(fields)) return false;
  std::size_t at = 0;
  for (std::uint32_t left = fields.position - 1; left != 0 && at < statement.size(); --left) {
    for (++at; at < statement.size() && (static_cast<unsigned char>(statement[at]) & 0xC0) == 0x80;) ++at;
  }
  for (std::size_t i = at; i < statement.size() && is_operator(statement[i]); ++i) {
    if (statement[i] == '?') return true;
  }
  const std::size_t before = statement.substr(0, at).find_last_not_of(" \t\n\r\f\v");
  return before != std::string_view::npos && statement[before] == '?';
}

struct failure {
  const error_fields& fields;
  std::string_view statement;
  error_details details;

  [[noreturn]] void raise(errc code, std::string message) {
    throw_database_error(code, std::move(message), std::move(details), std::string(statement));
  }

  [[noreturn]] void raise_unique() {
    details.column = key_columns(fields.detail);
    std::string message = "unique constraint";
    if (!details.constraint.empty()) message += " " + quoted(details.constraint);
    raise(errc::unique_violation,
          message + where(details) + " violated: another row has the same value; change the value, or use an upsert");
  }

  [[noreturn]] void raise_foreign_key() {
    const std::string_view said = fields.message;
    std::string remedy = "a row refers to one that does not exist, or is still referred to; "
                         "insert the referenced row first, or change the referring rows first";
    if (said.starts_with("insert or update")) {
      details.column = key_columns(fields.detail);
      remedy = "the row that it names does not exist; insert that one first";
    } else if (said.starts_with("update or delete")) {
      remedy = "a row is still referred to; change the referring rows first";
    }
    std::string message = "foreign key";
    if (!details.constraint.empty()) message += " " + quoted(details.constraint);
    raise(errc::foreign_key_violation, message + where(details) + " violated: " + remedy);
  }

  [[noreturn]] void raise_not_null() {
    std::string message = details.column.empty() ? "a column" : "column " + quoted(details.column);
    if (!details.table.empty()) {
      message += " of table " + quoted(details.table);
    } else if (!fields.data_type.empty()) {
      message = "domain " + quoted(fields.data_type);
    }
    raise(errc::not_null_violation, message + " may not be NULL; give it a value or a default");
  }

  [[noreturn]] void raise_check() {
    if (details.constraint.empty()) raise_unnamed_check();
    std::string message = "check constraint " + quoted(details.constraint) + where(details);
    if (details.table.empty() && !fields.data_type.empty()) message += " of domain " + quoted(fields.data_type);
    raise(errc::check_violation, message + " violated; the row must satisfy it");
  }

  /// What bounds a partition has no name. By the routine, since the text is translated.
  [[noreturn]] void raise_unnamed_check() {
    if (fields.routine == "ExecFindPartition") {
      raise(errc::check_violation, "no partition" + where(details) +
                                       " takes the row; make one that does, or a default one, or change the row");
    }
    if (fields.routine == "ExecPartitionCheckEmitError") {
      raise(errc::check_violation, "the row is outside the bounds of the partition" +
                                       (details.table.empty() ? "" : " " + quoted(details.table)) +
                                       "; write it into the table that is partitioned, or change it");
    }
    raise(errc::check_violation, "a check" + where(details) + " violated; its rows must satisfy it");
  }

  [[noreturn]] void raise_exclusion() {
    raise(errc::exclusion_violation, "exclusion constraint " + quoted(details.constraint) + where(details) +
                                         " violated: the row conflicts with another one; change it, or that one");
  }

  [[noreturn]] void raise_deferrable_target() {
    raise(errc::unsupported_feature,
          "an upsert cannot go by constraint " + quoted(details.constraint) + where(details) +
              ", because it is deferrable; make it one that is not, or name the columns of another one in "
              "on_conflict(…) [SQLSTATE " +
              shown_text(fields.sqlstate) + "]");
  }

  /// In words of the dialect, which counts where there is a value at all.
  void raise_placeholders() {
    const std::size_t wanted = count_placeholders(statement);
    if (wanted == 0) return;
    query_error refused("the statement has " + std::to_string(wanted) +
                        " placeholders but is given 0 parameters; give raw_sql() one for each ?, and execute() none");
    refused.set_statement(std::string(statement));
    throw refused;
  }

  [[noreturn]] void raise_interrupted(interruption cause) {
    if (cause == interruption::cancelled) raise(errc::cancelled, "the statement was cancelled");
    if (cause == interruption::deadline) raise(errc::timed_out, "the deadline passed before the statement was done");
    // The text tells the two apart unless the server translates it; the code does not.
    if (fields.message.find("timeout") != std::string::npos) {
      raise(errc::timed_out,
            "the server's statement_timeout passed before the statement was done; allow more time or make it faster");
    }
    raise(errc::cancelled, "the statement was cancelled on the server: by pg_cancel_backend, a pooler, or a timeout "
                           "that is set there");
  }

  bool shows_words(const sqlstate_rule& rule) const noexcept {
    if (raised_by_function(fields)) return false;
    return rule.shows == shown_words::always ||
           (rule.shows == shown_words::of_statement && is_of_statement(fields, statement));
  }

  /// The server's words and its hint where they hold names only, otherwise what the SQLSTATE means.
  std::string words(const sqlstate_rule& rule) const {
    std::string out = rule.message.empty() ? std::string() : std::string(rule.message);
    if (out.empty() && shows_words(rule)) {
      out = "PostgreSQL: " + shown_text(fields.message);
      const bool names_them = fields.sqlstate == dependent_objects && !fields.detail.empty();
      const std::string& more = names_them ? fields.detail : fields.hint;
      if (!more.empty()) out += " (" + shown_text(more) + ")";
    } else if (out.empty()) {
      out = fields.sqlstate == no_valid_sql
                ? "the statement is not valid SQL, and the server's words are not shown because "
                  "what they repeat may be a value"
            : rule.shows == shown_words::of_statement
                ? "a name is not known or not valid, which is not shown because it may be a value"
                : "the database failed with an error whose text is not shown because it may repeat values";
    }
    if (!rule.remedy.empty()) out += std::string("; ") + std::string(rule.remedy);
    out += " [SQLSTATE " + shown_text(fields.sqlstate);
    if (fields.position != 0) out += ", at character " + std::to_string(fields.position);
    return out + "]";
  }
};

}  // namespace

bool misses_columns(const error_fields& fields) noexcept {
  return fields.sqlstate == protocol_violation && fields.routine == "PortalSetResultFormat";
}

bool loses_connection(const error_fields& fields) noexcept {
  if (fields.ends_connection()) return true;
  return fields.sqlstate == protocol_violation && !misses_columns(fields) && !raised_by_function(fields);
}

void throw_postgres_failure(const error_fields& fields, std::string_view statement, interruption cause) {
  failure f{fields, statement, {fields.sqlstate, fields.constraint, fields.table, fields.column, 0, fields.message}};
  if (fields.sqlstate.size() != 5) throw_protocol_violation("ErrorResponse has no SQLSTATE of five characters");
  sqlstate_rule rule = rule_of(fields.sqlstate);
  if (fields.routine == "PreventInTransactionBlock")
    rule.remedy = "run it by itself, neither in a transaction nor in a pipeline, which is one";
  if (fields.ends_connection()) {
    // Whatever it is otherwise, the connection goes.
    const bool says_so = rule.code == errc::connection_lost || rule.code == errc::too_many_connections;
    f.raise(says_so ? rule.code : errc::connection_lost,
            "the server ended the connection: " + f.words(rule) + "; what was not committed is undone");
  }
  if (loses_connection(fields)) {
    f.raise(errc::connection_lost,
            "the server does not understand what it was sent: something between it and the client changes the stream, "
            "and the connection is closed; what was not committed is undone [SQLSTATE 08P01]");
  }
  if (raised_by_function(fields)) {
    // The code may be any, so callers can act on it; the text is the function's own.
    f.raise(fields.sqlstate.starts_with("P0") ? errc::database_error : rule.code,
            "a trigger or function raised an error, whose text is not shown because it may repeat values [SQLSTATE " +
                shown_text(fields.sqlstate) + "]");
  }
  if (fields.sqlstate == "55000" && fields.routine == "ExecCheckIndexConstraints") f.raise_deferrable_target();
  if (is_about_placeholder(fields, statement)) f.raise_placeholders();
  switch (rule.code) {
    case errc::unique_violation: f.raise_unique();
    case errc::foreign_key_violation: f.raise_foreign_key();
    case errc::not_null_violation: f.raise_not_null();
    case errc::check_violation: f.raise_check();
    case errc::exclusion_violation: f.raise_exclusion();
    case errc::cancelled: f.raise_interrupted(cause);
    default: f.raise(rule.code, f.words(rule));
  }
}

std::exception_ptr make_postgres_failure(const error_fields& fields, std::string_view statement, interruption cause) {
  try {
    throw_postgres_failure(fields, statement, cause);
  } catch (...) {
    return std::current_exception();
  }
}

void throw_startup_failure(const error_fields& fields, std::string_view server) {
  failure f{fields, {}, {fields.sqlstate, {}, {}, {}, 0, fields.message}};
  if (fields.sqlstate.size() != 5) throw_protocol_violation("ErrorResponse has no SQLSTATE of five characters");
  sqlstate_rule rule = rule_of(fields.sqlstate);
  switch (rule.code) {
    case errc::authentication_failed:
    case errc::unknown_database:
    case errc::too_many_connections:
    case errc::connection_lost: break;
    default: rule.code = errc::connection_failed; break;
  }
  // There are no rows yet whose values the message could repeat.
  rule.shows = shown_words::always;
  rule.message = {};
  if (fields.sqlstate == protocol_violation)
    rule.remedy = "a pooler may have refused a start-up parameter that it does not know";
  f.raise(rule.code, "connecting to " + std::string(server) + " failed: " + f.words(rule));
}

}  // namespace tupelo::driver::postgres
