// SPDX-License-Identifier: Apache-2.0
#include "migration_run.hpp"
#include "shielded.hpp"
#include "step_runner.hpp"

#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/micros.hpp>
#include <tupelo/core/sleep.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace tupelo {
namespace {

std::string quoted(std::string_view identifier) {
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

/// Rows behind the one with this key that are still to be written.
std::string rows_behind(const backfill_step& step, const std::optional<std::string>& last) {
  std::string out = " WHERE (" + step.where + ")";
  // A text literal takes the type of the column that it is compared with.
  if (last) out += " AND " + quoted(step.key) + " > " + sql_text_literal(*last);
  return out;
}

/// How often rows are looked for that came in behind the place where the batches were: the program writes the value by
/// then, so that there is hardly ever a second pass.
constexpr int most_passes = 3;

}  // namespace

std::string backfill_text(const backfill_step& step) {
  return "-- in batches of " + std::to_string(step.batch_rows) + " rows, each in a transaction of its own\nUPDATE " +
         quoted(step.table) + " SET " + step.set + " WHERE " + step.where;
}

task<void> run_backfill(lease& connection, backfill_step step, outside_run by, run_position& position) {
  const std::string key = quoted(step.key);
  const std::string table = quoted(step.table);
  std::optional<std::string> last;
  std::int64_t written = 0;
  std::int64_t before_pass = 0;
  int passes = 1;
  bool first_batch = true;
  for (bool more = true; more;) {
    std::exception_ptr failure;
    co_await begin_alone(connection);
    try {
      co_await require_lock(connection, by.mine);
      for (const std::string& text : lock_timeout_texts(connection.sql_dialect().schema(), by.lock_timeout_us)) {
        co_await connection.execute(text);
      }
      position.statement = "SELECT CAST(" + key + " AS text) FROM " + table + rows_behind(step, last) + " ORDER BY " +
                           key + " LIMIT 1 OFFSET " + std::to_string(step.batch_rows - 1);
      std::optional<std::string> end = co_await connection.raw_sql<std::string>(position.statement).first();
      more = end.has_value();
      position.statement = "UPDATE " + table + " SET " + step.set + rows_behind(step, last);
      if (more) position.statement += " AND " + key + " <= " + sql_text_literal(*end);
      written += co_await connection.raw_sql(position.statement).run();
      co_await write_next(connection, std::string(by.revision),
                          step.describe() + " (" + std::to_string(written) + " rows so far)");
      co_await connection.commit();
      last = std::move(end);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      if (connection.in_transaction()) co_await detail::shielded(connection.rollback());
      std::rethrow_exception(failure);
    }
    if (by.watch != nullptr) by.watch->filled(by.revision, written);
    if (!more && !first_batch && passes++ < most_passes) {
      position.statement = "SELECT count(*) FROM " + table + rows_behind(step, std::nullopt);
      const auto left = co_await connection.raw_sql<std::int64_t>(position.statement).first();
      // As many as were written are the same rows: the condition does not say which are still to be written.
      more = left && *left > 0 && *left < written - before_pass;
      before_pass = written;
      first_batch = true;
      last.reset();
    } else {
      first_batch = false;
    }
    if (more && step.pause_us > 0) co_await sleep_for(micros(step.pause_us));
  }
  position.statement.clear();
}

}  // namespace tupelo
