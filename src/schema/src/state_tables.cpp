// SPDX-License-Identifier: Apache-2.0
#include "state_tables.hpp"

#include "locked_run.hpp"
#include "shielded.hpp"

#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/micros.hpp>
#include <tupelo/core/sleep.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <exception>
#include <mutex>
#include <utility>
#include <unistd.h>

namespace tupelo {
namespace {

column_definition make_column(std::string_view name, type_kind type) {
  column_definition made;
  made.name = name;
  made.type = type;
  return made;
}

/// The locks that this process holds, in whatever database: a process of the same number may have left one behind.
class held_locks {
public:
  void add(const recorded_lock& one) {
    const std::lock_guard guard(mutex_);
    locks_.push_back(one);
  }
  void remove(const recorded_lock& one) {
    const std::lock_guard guard(mutex_);
    std::erase(locks_, one);
  }
  bool contains(const recorded_lock& one) {
    const std::lock_guard guard(mutex_);
    return std::find(locks_.begin(), locks_.end(), one) != locks_.end();
  }

private:
  std::mutex mutex_;
  std::vector<recorded_lock> locks_;
};
held_locks& held_here() {
  static held_locks held;
  return held;
}

/// " on host (pid:[4026531836])": what the number of a process means something to. Containers may share the name of
/// their host, and have processes of their own.
constexpr std::string_view unnamed = " on an unnamed host";
std::string numbering() {
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') return std::string(unnamed);
  char space[64] = "";
  const bool known = readlink("/proc/self/ns/pid", space, sizeof space - 1) > 0;
  return " on " + std::string(host) + (known ? " (" + std::string(space) + ")" : "");
}

}  // namespace

bool is_gone(const recorded_lock& lock) {
  constexpr std::string_view before = "process ";
  std::string_view owner = lock.owner;
  if (!owner.starts_with(before)) return false;
  owner.remove_prefix(before.size());
  pid_t process = 0;
  const auto [end, wrong] = std::from_chars(owner.data(), owner.data() + owner.size(), process);
  if (wrong != std::errc() || process <= 0) return false;
  owner.remove_prefix(static_cast<std::size_t>(end - owner.data()));
  if (owner == unnamed || owner != numbering()) return false;
  if (process == getpid()) return !held_here().contains(lock);
  return kill(process, 0) != 0 && errno == ESRCH;
}

namespace {

[[noreturn]] void throw_locked(const recorded_lock& held) {
  const std::string remedy = is_gone(held)
                                 ? " UTC, and that process is gone; take the lock over "
                                 : " UTC; wait until it is done, or, when that process is gone, take the lock over ";
  throw migration_error(errc::migration_locked, "another migration run holds the lock: " + held.owner + ", since " +
                                                    held.acquired_at.to_string() + remedy +
                                                    "(`--take-over-lock`, options::take_over_lock)");
}

task<std::optional<recorded_lock>> read_lock(lease& connection) {
  std::optional<recorded_lock> held =
      co_await connection.raw_sql<recorded_lock>("SELECT owner, acquired_at FROM tupelo_migration_lock WHERE id = 1")
          .first();
  co_return held;
}

task<void> replace_lock(lease& connection, const recorded_lock& mine, bool take_over) {
  std::optional<recorded_lock> held = co_await read_lock(connection);
  if (held && !take_over) throw_locked(*held);
  // Nothing is removed unless there was something: where the transaction is not alone, somebody else may have taken the
  // lock since, and then there can be no second row.
  if (held) co_await connection.raw_sql("DELETE FROM tupelo_migration_lock").run();
  co_await connection
      .raw_sql("INSERT INTO tupelo_migration_lock (id, owner, acquired_at) VALUES (1, ?, ?)", mine.owner,
               mine.acquired_at)
      .run();
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

task<void> create_missing(lease& connection) {
  const std::vector<std::string> live = co_await read_table_names(connection);
  std::vector<schema_operation> missing;
  if (!contains(live, revisions_table)) missing.push_back(ddl::create_table{revisions_table_definition()});
  if (!contains(live, lock_table)) missing.push_back(ddl::create_table{lock_table_definition()});
  for (const ddl_statement& statement : connection.sql_dialect().schema().render(missing, {})) {
    co_await connection.execute(statement.sql);
  }
}

}  // namespace

std::vector<std::string> recorded_state::applied() const {
  std::vector<std::string> names;
  for (const recorded_revision& row : revisions) names.push_back(row.revision);
  return names;
}

const recorded_revision* recorded_state::find(std::string_view revision) const noexcept {
  for (const recorded_revision& row : revisions) {
    if (row.revision == revision) return &row;
  }
  return nullptr;
}

table_definition revisions_table_definition() {
  table_definition table;
  table.name = revisions_table;
  table.columns = {make_column("revision", type_kind::text),        make_column("checksum", type_kind::text),
                   make_column("applied_at", type_kind::timestamp), make_column("duration_us", type_kind::int64),
                   make_column("version", type_kind::text),         make_column("parents", type_kind::text)};
  table.columns[0].type.length = 255;  // a key needs a length in some databases
  table.primary_key.columns = {"revision"};
  return table;
}

table_definition lock_table_definition() {
  table_definition table;
  table.name = lock_table;
  table.columns = {make_column("id", type_kind::int32), make_column("owner", type_kind::text),
                   make_column("acquired_at", type_kind::timestamp)};
  table.primary_key.columns = {"id"};
  return table;
}

table_definition progress_table_definition() {
  table_definition table;
  table.name = progress_table;
  table.columns = {make_column("revision", type_kind::text), make_column("up", type_kind::boolean),
                   make_column("done", type_kind::int64),    make_column("steps", type_kind::int64),
                   make_column("begun", type_kind::boolean), make_column("next_step", type_kind::text),
                   make_column("checksum", type_kind::text), make_column("since", type_kind::timestamp)};
  table.columns[0].type.length = 255;
  table.primary_key.columns = {"revision"};
  return table;
}

std::vector<std::string> state_tables_texts(const schema_dialect& rules) {
  return texts_of(
      rules.render({ddl::create_table{revisions_table_definition()}, ddl::create_table{lock_table_definition()}}, {}));
}

std::vector<std::string> begin_alone_texts(const dialect& sql) {
  std::vector<std::string> out{sql.begin(transaction_mode::immediate)};
  std::string lock = sql.schema().lock_statement(revisions_table);
  if (!lock.empty()) out.push_back(std::move(lock));
  return out;
}

task<void> begin_alone(lease& connection) {
  co_await connection.begin(transaction_mode::immediate);
  const std::string lock = connection.sql_dialect().schema().lock_statement(revisions_table);
  if (lock.empty()) co_return;
  std::exception_ptr failure;
  try {
    co_await connection.execute(lock);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  co_await detail::shielded(connection.rollback());
  std::rethrow_exception(failure);
}

task<recorded_state> read_state(lease& connection) {
  recorded_state state;
  const std::vector<std::string> live = co_await read_table_names(connection);
  state.tables_exist = contains(live, revisions_table) && contains(live, lock_table);
  if (contains(live, revisions_table)) {
    state.revisions =
        co_await connection
            .raw_sql<recorded_revision>("SELECT revision, checksum, applied_at, duration_us, version, parents "
                                        "FROM tupelo_migrations ORDER BY applied_at, revision")
            .all();
  }
  if (contains(live, lock_table)) state.lock = co_await read_lock(connection);
  if (contains(live, progress_table)) state.progress = co_await read_progress(connection);
  co_return state;
}

task<void> create_state_tables(lease& connection) {
  co_await migrate::in_transaction(connection, [&]() -> task<void> { co_await create_missing(connection); });
}

std::string owner_of_locks() { return "process " + std::to_string(getpid()) + numbering(); }

task<void> take_lock(lease& connection, recorded_lock mine, bool take_over) {
  // Read before writing: the holder may be writing right now, and then a write transaction would only wait.
  std::optional<recorded_lock> held = co_await read_lock(connection);
  if (held && !take_over) throw_locked(*held);
  held_here().add(mine);
  std::exception_ptr failure;
  try {
    co_await begin_alone(connection);
    co_await replace_lock(connection, mine, take_over);
    co_await connection.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  held_here().remove(mine);
  if (connection.in_transaction()) co_await detail::shielded(connection.rollback());
  bool taken = false;
  try {
    std::rethrow_exception(failure);
  } catch (const unique_violation&) {
    taken = true;  // at the same time, by somebody who was a little faster
  }
  if (taken) held = co_await read_lock(connection);
  if (taken && held) throw_locked(*held);
  std::rethrow_exception(failure);
}

namespace {

/// What can be seen of the run that holds the lock: equal when it has come no further.
task<std::string> trace_of_run(lease& connection) {
  const recorded_state state = co_await read_state(connection);
  std::string out;
  if (state.lock) out += state.lock->owner + state.lock->acquired_at.to_string();
  for (const recorded_revision& row : state.revisions) out += "\n" + row.revision;
  if (state.progress) out += "\n" + std::to_string(state.progress->done) + " " + state.progress->next;
  co_return out;
}

}  // namespace

task<void> wait_for_lock(lease& connection, recorded_lock mine, migrate::options opts) {
  constexpr std::int64_t longest_us = 1'000'000;
  std::int64_t waited_us = 0;
  std::int64_t end_us = opts.lock_wait_us;
  std::string seen;
  for (std::int64_t pause_us = 20'000;; pause_us = std::min(2 * pause_us, longest_us)) {
    std::exception_ptr failure;
    try {
      co_await take_lock(connection, mine, opts.take_over_lock);
      co_return;
    } catch (const migration_error&) {
      failure = std::current_exception();
    }
    if (opts.lock_wait_us <= 0) std::rethrow_exception(failure);
    if (seen.empty() || waited_us >= end_us) {
      std::string now = co_await trace_of_run(connection);
      if (now == seen) std::rethrow_exception(failure);
      seen = std::move(now);
      end_us = waited_us + opts.lock_wait_us;
    }
    const std::optional<recorded_lock> held = co_await read_lock(connection);
    if (held && is_gone(*held)) {
      // It may have ended in order since the row was read.
      const std::optional<recorded_lock> still = co_await read_lock(connection);
      if (still == held) throw_locked(*held);
      continue;
    }
    if (held && opts.watch != nullptr) opts.watch->locked_out(held->owner, waited_us);
    pause_us = std::min(pause_us, end_us - waited_us);
    co_await sleep_for(micros(pause_us));
    waited_us += pause_us;
  }
}

task<void> give_up_lock(lease& connection, recorded_lock mine) {
  std::exception_ptr failure;
  try {
    co_await connection
        .raw_sql("DELETE FROM tupelo_migration_lock WHERE owner = ? AND acquired_at = ?", mine.owner, mine.acquired_at)
        .run();
  } catch (...) {
    failure = std::current_exception();
  }
  // Not before: who waits in this process would take the row for one that somebody has left behind.
  held_here().remove(mine);
  if (failure) std::rethrow_exception(failure);
}

task<void> require_lock(lease& connection, recorded_lock mine) {
  // Writing the row keeps it for this transaction: nobody takes the lock over in the middle of a migration, also where
  // a lock of the server's does not hold.
  const std::int64_t kept = co_await connection
                                .raw_sql("UPDATE tupelo_migration_lock SET owner = owner WHERE id = 1 AND owner = ? "
                                         "AND acquired_at = ?",
                                         mine.owner, mine.acquired_at)
                                .run();
  if (kept == 1) co_return;
  std::optional<recorded_lock> held = co_await read_lock(connection);
  const std::string what = held ? "the migration lock was taken over by " + held->owner
                                : "the migration lock was removed while this run was under way";
  throw migration_error(errc::migration_locked, what + "; this run stops before its next migration. `db status` says "
                                                       "what is applied; then upgrade again");
}

task<void> record_revision(lease& connection, recorded_revision row) {
  co_await connection
      .raw_sql("INSERT INTO tupelo_migrations (revision, checksum, applied_at, duration_us, version, parents) "
               "VALUES (?, ?, ?, ?, ?, ?)",
               row.revision, row.checksum, row.applied_at, row.duration_us, row.version, row.parents)
      .run();
}

task<void> forget_revision(lease& connection, std::string revision) {
  co_await connection.raw_sql("DELETE FROM tupelo_migrations WHERE revision = ?", revision).run();
}

task<void> create_progress_table(lease& connection) {
  const std::vector<std::string> live = co_await read_table_names(connection);
  if (contains(live, progress_table)) co_return;
  for (const ddl_statement& statement :
       connection.sql_dialect().schema().render({ddl::create_table{progress_table_definition()}}, {})) {
    co_await connection.execute(statement.sql);
  }
}

task<std::optional<recorded_progress>> read_progress(lease& connection) {
  std::optional<recorded_progress> row =
      co_await connection
          .raw_sql<recorded_progress>(
              "SELECT revision, up, done, steps AS count, begun, next_step AS next, checksum, since "
              "FROM tupelo_migration_progress")
          .first();
  co_return row;
}

task<void> write_progress(lease& connection, recorded_progress row) {
  co_await forget_progress(connection);
  co_await connection
      .raw_sql("INSERT INTO tupelo_migration_progress (revision, up, done, steps, begun, next_step, checksum, since) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
               row.revision, row.up, row.done, row.count, row.begun, row.next, row.checksum, row.since)
      .run();
}

task<void> write_next(lease& connection, std::string revision, std::string next) {
  co_await connection
      .raw_sql("UPDATE tupelo_migration_progress SET next_step = ? WHERE revision = ?", std::move(next),
               std::move(revision))
      .run();
}

task<void> forget_progress(lease& connection) { co_await connection.raw_sql(forget_progress_text).run(); }

std::string record_revision_text(const recorded_revision& row) {
  return "INSERT INTO tupelo_migrations (revision, checksum, applied_at, duration_us, version, parents) VALUES (" +
         sql_text_literal(row.revision) + ", " + sql_text_literal(row.checksum) + ", CURRENT_TIMESTAMP, 0, " +
         sql_text_literal(row.version) + ", " + sql_text_literal(row.parents) + ")";
}

std::string forget_revision_text(std::string_view revision) {
  return "DELETE FROM tupelo_migrations WHERE revision = " + sql_text_literal(revision);
}

}  // namespace tupelo
