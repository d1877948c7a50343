// SPDX-License-Identifier: Apache-2.0
#include "decimal_functions.hpp"
#include "held_numbers.hpp"
#include "sqlite_connection.hpp"
#include "sqlite_failure.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/error.hpp>

#include <cstddef>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace tupelo::driver {

namespace {

/// The name that SQLite is given: never taken for a URI unless it is meant as one.
std::string file_name(const sqlite_settings& settings) {
  if (settings.in_memory()) return ":memory:";
  if (!settings.immutable) return settings.path.starts_with("file:") ? "./" + settings.path : settings.path;
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : settings.path) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri += '%';
      uri += digits[byte >> 4];
      uri += digits[byte & 15];
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

int open_flags(const sqlite_settings& settings) {
  const int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (settings.immutable ? SQLITE_OPEN_URI : 0);
  switch (settings.mode) {
    case sqlite_mode::read_only: return common | SQLITE_OPEN_READONLY;
    case sqlite_mode::read_write: return common | SQLITE_OPEN_READWRITE;
    case sqlite_mode::create:
    case sqlite_mode::memory: break;
  }
  return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

/// `tupelo_bytes('00ff')` is X'00FF': elements of long lists, whose text is JSON.
void bytes_of_digits(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  const auto* const digits = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (digits == nullptr) return sqlite3_result_null(context);
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  try {
    const std::optional<bytes> made = try_from_hex(std::string_view(digits, size));
    if (!made) return sqlite3_result_error(context, "tupelo_bytes() takes hexadecimal digits", -1);
    sqlite3_result_blob64(context, made->empty() ? "" : static_cast<const void*>(made->data()), made->size(),
                          SQLITE_TRANSIENT);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

int on_statement(unsigned, void* interrupts, void*, void*) noexcept {
  static_cast<interruption*>(interrupts)->raise_again();
  return 0;
}

}  // namespace

void sqlite_connection::open() {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file_name(settings_).c_str(), &raw, open_flags(settings_), nullptr);
  database_ptr opened(raw);
  try {
    if (code != SQLITE_OK) fail(raw, nullptr, code, {});
    wait_.attach(raw);
    // "name" that is no column is an error and not the text 'name'. Schemas are left alone: old ones may rely on it.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    const int added =
        sqlite3_create_function_v2(raw, "tupelo_bytes", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                   nullptr, &bytes_of_digits, nullptr, nullptr, nullptr);
    if (added != SQLITE_OK) fail(raw, nullptr, added, {});
    if (const int more = add_decimal_functions(raw); more != SQLITE_OK) fail(raw, nullptr, more, {});
    if (const int more = add_held_numbers(raw); more != SQLITE_OK) fail(raw, nullptr, more, {});
    apply_pragmas(raw);
    set_journal_mode(raw);
    // Opening reads nothing yet; this tells a file that is no database now rather than at the first query.
    run_pragma(raw, "PRAGMA schema_version");
  } catch (...) {
    usable_ = false;
    throw;
  }
  database_ = std::move(opened);
  interrupts_.watch(database());
  traced_ = false;
}

void sqlite_connection::apply_pragmas(sqlite3* database) {
  for (const std::string& pragma : settings_.pragmas) run_pragma(database, pragma);
}

void sqlite_connection::set_journal_mode(sqlite3* database) {
  if (settings_.journal_mode.empty()) return;
  // The system may have opened a write-protected file for reading only.
  if (sqlite3_db_readonly(database, "main") == 1 && !settings_.journal_mode_asked) return;
  std::string mode;
  wait_.restart();
  for (int attempt = 1;; ++attempt) {
    try {
      run_pragma(database, "PRAGMA journal_mode = " + settings_.journal_mode, &mode);
      break;
    } catch (const busy_error&) {
      // Several connections that open a new file at once: SQLite tells all but one "busy" without asking the handler.
      if (!wait_.pause(attempt)) throw;
    }
  }
  if (mode != settings_.journal_mode && settings_.journal_mode_asked) {
    throw configuration_error(errc::invalid_configuration, "the database \"" + settings_.name() +
                                                               "\" cannot use journal_mode=" + settings_.journal_mode +
                                                               " and stays at " + mode +
                                                               "; leave the option out, or use another file system");
  }
}

void sqlite_connection::run_pragma(sqlite3* database, const std::string& sql, std::string* answer) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(database, sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr);
  const statement_ptr statement(raw);
  if (code == SQLITE_OK) code = sqlite3_step(raw);
  if (code == SQLITE_ROW && answer != nullptr) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
    answer->assign(text != nullptr ? text : "");
  }
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(database, raw, code, sql);
}

void sqlite_connection::trace(bool wanted) noexcept {
  sqlite3_trace_v2(database(), wanted ? unsigned{SQLITE_TRACE_STMT} : 0u, wanted ? &on_statement : nullptr,
                   &interrupts_);
  traced_ = wanted;
}

}  // namespace tupelo::driver
