// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/sqlite/ddl.hpp"
#include "tupelo/dialect/sqlite/introspection.hpp"
#include <tupelo/query/sql_text.hpp>

#include <sqlite3.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::sqlite {

/// A database in memory through SQLite's own interface, so that the dialect is tested without any driver.
class raw_database {
public:
  raw_database() {
    if (sqlite3_open(":memory:", &handle_) != SQLITE_OK) throw std::runtime_error("no memory database");
    run("PRAGMA foreign_keys = ON");
  }
  raw_database(const raw_database&) = delete;
  raw_database& operator=(const raw_database&) = delete;
  ~raw_database() { sqlite3_close(handle_); }

  using cells = std::vector<std::optional<std::string>>;

  std::vector<cells> rows(const std::string& sql) {
    std::vector<cells> out;
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr), sql);
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      cells row;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const unsigned char* text = sqlite3_column_text(statement, i);
        row.push_back(text != nullptr ? std::optional<std::string>(reinterpret_cast<const char*>(text)) : std::nullopt);
      }
      out.push_back(std::move(row));
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) check(sqlite3_errcode(handle_), sql);
    return out;
  }
  std::string value(const std::string& sql) {
    auto answer = rows(sql);
    return answer.empty() || !answer[0][0] ? "NULL" : *answer[0][0];
  }
  void run(const std::string& sql) { check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), sql); }

  /// As the migrator does it: frame, transaction, remembered things, verification.
  void change(const std::vector<schema_operation>& operations, schema_definition& schema) {
    ddl_frame frame = frame_of(operations, schema);
    std::vector<std::string> restore;
    if (!frame.restore_query.empty()) {
      for (auto& row : rows(frame.restore_query)) restore.push_back(*row[0]);
    }
    for (const std::string& sql : frame.before) run(sql);
    run("BEGIN IMMEDIATE");
    std::vector<cells> remembered;
    for (const ddl_statement& statement : render_ddl(operations, schema)) {
      if (statement.role == ddl_role::execute) run(statement.sql);
      if (statement.role == ddl_role::check) refuse(rows(statement.sql));
      if (statement.role == ddl_role::remember) remembered = rows(statement.sql);
      if (statement.role == ddl_role::restore) restore_missing(remembered, rows(statement.sql));
    }
    if (!frame.verify.empty() && !rows(frame.verify).empty()) throw std::runtime_error(*rows(frame.verify)[0][0]);
    run("COMMIT");
    for (const std::string& sql : restore) run(sql);
    apply_all(operations, schema);
  }

  schema_definition introspect() {
    std::vector<std::vector<introspection_row>> answers;
    for (const std::string& query : introspection_queries()) {
      std::vector<introspection_row> answer;
      for (auto& c : rows(query))
        answer.push_back({c.at(0), c.at(1), c.at(2), c.at(3), c.at(4), c.at(5), c.at(6), c.at(7), c.at(8), c.at(9)});
      answers.push_back(std::move(answer));
    }
    return decode_introspection(answers);
  }

private:
  void refuse(const std::vector<cells>& reasons) {
    if (reasons.empty()) return;
    run("ROLLBACK");
    throw std::runtime_error(*reasons[0][0]);
  }
  void restore_missing(const std::vector<cells>& remembered, const std::vector<cells>& present) {
    for (const cells& thing : remembered) {
      bool there = false;
      for (const cells& name : present) there = there || name[0] == thing[0];
      if (!there) run(*thing[1]);
    }
  }
  void check(int code, const std::string& sql) {
    if (code != SQLITE_OK) throw std::runtime_error(std::string(sqlite3_errmsg(handle_)) + " in: " + sql);
  }

  sqlite3* handle_ = nullptr;
};

}  // namespace tupelo::sqlite
