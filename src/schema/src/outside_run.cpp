// SPDX-License-Identifier: Apache-2.0
// Migrations outside of a transaction: step by step, each recorded when it is done.
#include "locked_run.hpp"
#include "migration_run.hpp"
#include "replay.hpp"
#include "schema_recorder.hpp"
#include "step_runner.hpp"
#include "table_changes.hpp"

#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace tupelo {
namespace {

/// Whether the index or unique constraint is there already, as it is to be.
bool is_built(const schema_operation& operation, const schema_definition& live, const schema_dialect& rules) {
  if (const auto* unique = std::get_if<ddl::add_unique>(&operation.data)) {
    const table_definition* of = live.find(unique->table);
    const key_definition* found = of != nullptr ? of->find_unique(unique->unique.name) : nullptr;
    return found != nullptr && *found == unique->unique;
  }
  const auto* add = std::get_if<ddl::add_index>(&operation.data);
  const table_definition* table = add != nullptr ? live.find(add->table) : nullptr;
  if (table == nullptr) return false;
  schema_definition wanted;
  wanted.add(*table).indexes = {add->index};
  wanted = rules.kept(wanted);
  const index_definition* found = table->find_index(add->index.name);
  return found != nullptr && same_index(*found, wanted.tables[0].indexes[0], &rules);
}

bool begins_with(const schema_operation& operation, std::initializer_list<std::string_view> words) {
  const auto* sql = std::get_if<ddl::execute_sql>(&operation.data);
  if (sql == nullptr) return false;
  const std::vector<sql_token> tokens = sql_tokens(sql->up);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return tokens.front().value.size() == word.size() && equal_identifiers(tokens.front().value, word);
  });
}

/// What it does is of the connection, so that it is done again on the next one.
bool is_setting(const schema_operation& operation) {
  return begins_with(operation, {"PRAGMA", "SET", "RESET", "ATTACH", "DETACH"});
}

std::string description(const recorded_step& step) {
  if (const auto* operation = std::get_if<schema_operation>(&step)) return operation->describe();
  if (const auto* rows = std::get_if<backfill_step>(&step)) return rows->describe();
  if (const auto* declared = std::get_if<declared_change>(&step)) return "declare " + declared->operation.describe();
  if (const auto* required = std::get_if<required_state>(&step)) return "check that " + required->query;
  return "C++ code";
}

/// The steps of one migration, and how many of them are done.
class outside_steps {
public:
  outside_steps(lease& connection, const std::vector<recorded_step>& steps, const outside_run& by)
      : connection_(&connection), steps_(&steps), by_(&by) {
    now_.revision = by.revision;
    now_.up = by.up;
    now_.count = static_cast<std::int64_t>(steps.size());
    now_.since = timestamp::now();
  }

  void resume(const recorded_progress& former) {
    former_ = former.done;
    now_.since = former.since;
    begun_before_ = former.begun;
  }
  bool is_done(std::size_t step) const { return static_cast<std::int64_t>(step) < former_; }
  bool had_begun(std::size_t step) const { return begun_before_ && static_cast<std::int64_t>(step) == former_; }

  /// Before: a transaction is open, in which the step was done.
  task<void> note_done(std::size_t step) {
    now_.done = static_cast<std::int64_t>(step) + 1;
    now_.begun = false;
    now_.next = step + 1 < steps_->size() ? description((*steps_)[step + 1]) : std::string();
    now_.checksum = checksum_of_text(canonical_text(*steps_, step + 1));
    co_await write_progress(*connection_, now_);
  }
  /// Before: a transaction is open; the step is done outside of it.
  task<void> note_begun(std::size_t step) {
    now_.done = static_cast<std::int64_t>(step);
    // Of all others it can be seen whether they were done.
    const auto* own = std::get_if<schema_operation>(&(*steps_)[step]);
    now_.begun = own != nullptr && std::holds_alternative<ddl::execute_sql>(own->data);
    now_.next = description((*steps_)[step]);
    now_.checksum = checksum_of_text(canonical_text(*steps_, step));
    co_await write_progress(*connection_, now_);
  }

  /// Runs `work` in a transaction of its own, which holds the lock.
  template <class Work>
  task<void> in_transaction(Work work) {
    co_await migrate::in_transaction(*connection_, [&]() -> task<void> {
      co_await require_lock(*connection_, by_->mine);
      for (const std::string& text : lock_timeout_texts(rules(), by_->lock_timeout_us)) {
        co_await connection_->execute(text);
      }
      co_await work();
    });
  }

  task<void> without_transaction(std::size_t step, const std::vector<ddl_statement>& statements,
                                 run_position& position) {
    co_await in_transaction([&]() -> task<void> { co_await note_begun(step); });
    co_await run_changes(*connection_, statements, position);
    co_await in_transaction([&]() -> task<void> { co_await note_done(step); });
  }

  task<void> change(std::size_t step, const schema_operation& operation, const schema_definition& before,
                    run_position& position) {
    const bool concurrently = operation.concurrently() && connection_->sql_dialect().features().concurrent_indexes;
    if (concurrently) {
      const schema_definition live = co_await introspect_all(*connection_, described::tables, {}, by_->lock_timeout_us);
      if (is_built(operation, live, rules())) {
        co_await in_transaction([&]() -> task<void> { co_await note_done(step); });
        co_return;
      }
    }
    const std::vector<ddl_statement> statements = rules().render({operation}, before);
    if (is_setting(operation)) {
      co_await run_changes(*connection_, statements, position);
      co_return;
    }
    bool alone = concurrently || begins_with(operation, {"VACUUM"});
    if (!alone) {
      try {
        co_await in_transaction([&]() -> task<void> {
          co_await run_changes(*connection_, statements, position);
          co_await note_done(step);
        });
      } catch (const database_error& e) {
        constexpr std::string_view active_sql_transaction = "25001";
        constexpr std::string_view invalid_termination = "2D000";  // COMMIT in a procedure
        if (e.sqlstate() != active_sql_transaction && e.sqlstate() != invalid_termination) throw;
        alone = true;  // only the server knows which statements take no transaction
      }
    }
    if (alone) co_await without_transaction(step, statements, position);
  }

private:
  const schema_dialect& rules() const noexcept { return connection_->sql_dialect().schema(); }

  lease* connection_;
  const std::vector<recorded_step>* steps_;
  const outside_run* by_;
  recorded_progress now_;
  std::int64_t former_ = 0;  ///< steps that a former attempt has done
  bool begun_before_ = false;
};

}  // namespace

void require_resumable(const recorded_progress& former, std::string_view revision, bool up,
                       const std::vector<recorded_step>& steps) {
  const std::string way = former.up ? "up" : "down";
  const std::string half = "migration `" + former.revision + "` has stopped half-way on its way " + way + ": " +
                           std::to_string(former.done) + " of " + std::to_string(former.count) + " steps are done";
  if (former.revision != revision || former.up != up) {
    throw migration_error(errc::migration_failed,
                          half + "; `db " + (former.up ? "upgrade" : "downgrade") +
                              "` goes on with it. Or take those steps back by hand, and say `db repair --forget-half`",
                          former.revision);
  }
  const auto done = static_cast<std::size_t>(former.done);
  if (done <= steps.size() && checksum_of_text(canonical_text(steps, done)) == former.checksum) return;
  throw migration_error(errc::migration_edited,
                        half +
                            ", and these are other ones in its file now; restore them, or take what they did back by "
                            "hand, and say `db repair --forget-half`",
                        former.revision);
}

task<void> run_steps_outside(lease& connection, const std::vector<recorded_step>& steps, schema_definition before,
                             outside_run by, run_position& position) {
  co_await create_progress_table(connection);
  outside_steps run(connection, steps, by);
  if (const std::optional<recorded_progress> former = co_await read_progress(connection)) {
    require_resumable(*former, by.revision, by.up, steps);
    run.resume(*former);
  }
  position.outside = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const recorded_step& step = steps[i];
    position.step = i + 1;
    position.begun_before = run.had_begun(i);
    if (const auto* declared = std::get_if<declared_change>(&step)) {
      declared->operation.apply_to(before);
    } else if (const auto* change = std::get_if<schema_operation>(&step)) {
      const schema_operation operation = change->completed(before);
      if (!run.is_done(i) || is_setting(operation)) co_await run.change(i, operation, before, position);
      operation.apply_to(before);
    } else if (run.is_done(i)) {
      continue;
    } else if (const auto* rows = std::get_if<backfill_step>(&step)) {
      co_await run.in_transaction([&]() -> task<void> { co_await run.note_begun(i); });
      co_await run_backfill(connection, *rows, by, position);
      co_await run.in_transaction([&]() -> task<void> { co_await run.note_done(i); });
    } else if (const auto* required = std::get_if<required_state>(&step)) {
      position.statement = required->query;
      co_await check_state(connection, *required);
      position.statement.clear();
    } else {
      detail::migration_code& code = *std::get<std::shared_ptr<detail::migration_code>>(step);
      co_await run.in_transaction([&]() -> task<void> {
        co_await run_code(connection, code, position);
        co_await run.note_done(i);
      });
    }
  }
}

}  // namespace tupelo
