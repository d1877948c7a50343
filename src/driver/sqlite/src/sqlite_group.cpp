// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connection.hpp"

#include <tupelo/core/error.hpp>

namespace tupelo::driver {

namespace {

/// Whether the group is to be a transaction of its own.
bool needs_transaction(const request* members) noexcept {
  bool writes = false;
  for (const request* member = members; member != nullptr; member = member->next) {
    if (member->plan->controls_transaction) return false;
    writes = writes || !member->plan->read_only;
  }
  return writes && members->next != nullptr;
}

}  // namespace

void sqlite_connection::run_group(request& group) {
  request* running = nullptr;
  const bool alone = !in_transaction() && needs_transaction(group.members);
  bool begun = false;
  try {
    if (alone) control_transaction("BEGIN IMMEDIATE");
    begun = true;
    for (running = group.members; running != nullptr; running = running->next) {
      if (group.cancellable && interrupts_.triggered()) throw cancelled();
      if (wait_.deadline_passed()) throw timed_out("the deadline passed before the statement was started");
      running->row_count = 0;
      running->affected = 0;
      running->last_insert_id = 0;
      running->more = false;
      running->failure = nullptr;
      run_member(*running);
    }
    if (alone) control_transaction("COMMIT");
  } catch (...) {
    if (running != nullptr) running->failure = std::current_exception();
    const std::exception_ptr not_run = make_not_run();
    for (request* member = begun ? (running != nullptr ? running->next : nullptr) : group.members; member != nullptr;
         member = member->next) {
      member->failure = not_run;
    }
    if (alone && begun && in_transaction()) undo_group();
    throw;
  }
}

void sqlite_connection::control_transaction(std::string_view sql) {
  request control;
  control.script = sql;
  run_script(control);
}

void sqlite_connection::undo_group() noexcept {
  // What stopped the group must not stop this: an interrupt holds as long as any statement is open, and is raised again
  // by the trace.
  if (open_results_ != 0) end_open_results();
  trace(false);
  // One interrupt may still come in between.
  for (int attempt = 0; attempt != 2 && in_transaction(); ++attempt)
    sqlite3_exec(database(), "ROLLBACK", nullptr, nullptr, nullptr);
  usable_ = usable_ && !in_transaction();
}

}  // namespace tupelo::driver
