// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shielded.hpp"
#include "state_tables.hpp"

#include <tupelo/schema/history.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/engine/database.hpp>
#include <tupelo/dialect/dialect.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace tupelo::migrate {

/// The caller's history, or that of the program, as it is for this database; made once per run.
class chosen_history {
public:
  chosen_history(const database& db, const options& opts) {
    if (opts.migrations == nullptr) own_.emplace();
    all_ = opts.migrations != nullptr ? opts.migrations : &*own_;
    if (!all_->depends_on_database()) return;
    own_ = all_->of_database(db.sql_dialect().name());
    all_ = &*own_;
  }
  chosen_history(const chosen_history&) = delete;
  chosen_history& operator=(const chosen_history&) = delete;
  const history& operator*() const noexcept { return *all_; }

private:
  std::optional<history> own_;
  const history* all_ = nullptr;
};

inline recorded_lock lock_of(const options& opts) {
  recorded_lock lock;
  lock.acquired_at = timestamp::now();
  lock.owner = opts.owner;
  if (lock.owner.empty()) lock.owner = owner_of_locks();
  return lock;
}

/// Runs `work` while this run holds the lock.
template <class Work>
task<report> under_lock(lease& connection, const options& opts, bool tables_exist, Work work) {
  if (!tables_exist) co_await create_state_tables(connection);
  const recorded_lock mine = lock_of(opts);
  co_await wait_for_lock(connection, mine, opts);
  report result;
  std::exception_ptr failure;
  try {
    result = co_await work(mine);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await detail::shielded(give_up_lock(connection, mine));
  if (failure) std::rethrow_exception(failure);
  co_return result;
}

/// Runs `work` in a transaction of its own.
template <class Work>
task<void> in_transaction(lease& connection, Work work) {
  co_await begin_alone(connection);
  std::exception_ptr failure;
  try {
    co_await work();
    co_await connection.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (connection.in_transaction()) co_await detail::shielded(connection.rollback());
  std::rethrow_exception(failure);
}

}  // namespace tupelo::migrate
