// SPDX-License-Identifier: Apache-2.0
#include "tupelo/session/session.hpp"

#include "contradictions.hpp"
#include "read_ahead.hpp"
#include "related_objects.hpp"
#include "session_state.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/object_verbs.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

// ---- state

session::state::~state() {
  // What no commit has kept is not in the database.
  connected.revert(0, false);
  undone.clear();  // which has shares of objects
  for (const undo_entry& entry : undo) {
    if (entry.object == nullptr || entry.state != object_state::added) continue;
    if (entry.left && entry.object->state != object_state::detached) continue;  // another session's by now
    detail::row_part::set_fate(entry.object, detail::held_rows::fate::fresh);
    entry.object->snapshot.clear();
  }
  undo.clear();
  for (tracked_object* object : objects) {
    if (object->state == object_state::added) detail::row_part::set_fate(object, detail::held_rows::fate::fresh);
  }
  let_go(objects.all());
}

std::uint32_t session::state::next_number() noexcept {
  static std::atomic<std::uint32_t> last = 0;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void session::state::let_go(const std::vector<tracked_object*>& leaving) {
  added.clear();
  for (std::size_t i = 0; i != leaving.size(); ++i) {
    detail::read_ahead(leaving, i);
    tracked_object* const object = leaving[i];
    object->state = object_state::detached;
    object->asked_for = false;
    undo.forget(object);
  }
  detail::forget_left_originals(leaving);
  const std::vector<tracked_object*> order =
      objects.may_refer_further() ? detail::release_order(leaving) : std::vector<tracked_object*>();
  if (!copies.empty()) copies.forget_left();
  if (!replaced.empty()) {  // another object may get the address
    std::erase_if(replaced, [](const tracked_object* each) { return each->state == object_state::detached; });
  }
  if (!undone.empty()) {
    for (const tracked_object* object : leaving) undone.forget(object);
  }
  const std::vector<tracked_object*>& ending = order.empty() ? leaving : order;
  for (std::size_t i = 0; i != ending.size(); ++i) {
    detail::read_ahead(ending, i);
    detail::drop(ending[i]);
  }
}

void session::state::own(tracked_object* object) {
  detail::retain(object);
  object->session = number;
  object->moved = false;
  objects.add(object);
}

void session::state::disown(tracked_object* object, bool with_parts) {
  if (!objects.remove(object)) return;
  std::vector<tracked_object*> leaving = {object};
  if (object->state == object_state::added && with_parts) {  // what it holds is new because of it alone
    for (tracked_object* part : detail::added_parts(object)) {
      if (!objects.remove(part)) continue;
      detail::row_part::set_fate(part, detail::held_rows::fate::fresh);
      leaving.push_back(part);
    }
  }
  let_go(leaving);
  if (busy) return;  // somebody has noted how much there was
  marks.push_back(flushed);
  undo.tidy(marks);
  flushed = marks.back();
  marks.pop_back();
}

void session::state::let_go_of_new_parts(tracked_object* object) {
  std::vector<tracked_object*> leaving;
  for (tracked_object* part : detail::added_parts(object)) {
    if (undone.has_row_of(part) || !objects.remove(part)) continue;
    detail::row_part::set_fate(part, detail::held_rows::fate::fresh);
    leaving.push_back(part);
  }
  let_go(leaving);
}

void session::state::drop_all(object_state which) {
  const std::vector<tracked_object*> leaving =
      objects.take_out([which](const auto* each) { return each->state == which; });
  for (tracked_object* object : leaving) {
    detail::row_part::set_fate(object, which == object_state::added ? detail::held_rows::fate::fresh
                                                                    : detail::held_rows::fate::gone);
    object->snapshot.clear();
  }
  let_go(leaving);
}

void session::state::settle_copies(std::size_t before, bool failed) {
  if (failed) return copies.take_back_edits();
  std::vector<const tracked_object*> written;
  for (std::size_t i = before; i < undo.size(); ++i) {
    if (undo[i].object != nullptr) written.push_back(undo[i].object);
  }
  copies.follow(std::move(written));
}

void session::state::refuse_in_savepoint(std::string_view verb) const {
  if (marks.empty()) return;
  throw transaction_error(errc::invalid_transaction,
                          std::string(verb) +
                              "() inside nested(): the savepoint is kept when the closure returns and undone when it "
                              "throws; the transaction is ended outside");
}

void session::state::refuse_in_handler(std::string_view verb) const {
  if (!telling) return;
  const char* why = nullptr;
  switch (*telling) {
    case session_event::before_flush:
      why = "before_flush: the flush is about to write; add() what it is to write with the rest";
      break;
    case session_event::after_flush:
      why = "after_flush, which would be told of it again: write by insert() and the like, or in a handler of "
            "before_flush";
      break;
    case session_event::before_commit:
      if (verb != "commit" && verb != "rollback") return;
      why = "before_commit: the commit is on its way; an exception keeps it from happening";
      break;
    case session_event::before_rollback:
      why = "before_rollback: the transaction is about to be undone; write in a handler of after_rollback";
      break;
    default: return;
  }
  throw transaction_error(errc::invalid_transaction, std::string(verb) + "() in a handler of " + why);
}

void session::state::settle_flush() {
  flushed = undo.size();
  has_loaded_relations = has_loaded_relations || has_held_rows;
  replaced.clear();
  undone.clear();
}

void session::state::leave_connection() {
  hooks.append(detail::two_step_commit::take_hooks(held));
  held.release();
}

void session::state::settle() {
  leave_connection();
  undo.clear();
  flushed = 0;
  marks.clear();
  loads.clear();
  std::sort(outdated.begin(), outdated.end());
  unload(std::exchange(outdated, {}), true);
  if (watch) watch->forget();
  connected.settle();
  if (std::exchange(has_erased_objects, false)) drop_all(object_state::erased);
  let_go_of_left_behind();
}

// ---- session

session::session(database& db, session_options options, std::source_location from)
    : state_(new state(db, options, from)) {}
session::session(session&& other) noexcept : state_(std::move(other.state_)) {}
session::~session() = default;

detail::commit_hooks& session::hooks() {
  // Those of its lease's, in one order; what came before the transaction is before them.
  return state_->held.in_transaction() ? detail::two_step_commit::hooks_of(state_->held) : state_->hooks;
}
int session::hook_depth() const noexcept { return static_cast<int>(state_->marks.size()) + 1; }

std::size_t session::size() const noexcept { return state_->objects.size(); }
bool session::in_transaction() const noexcept { return state_->held.in_transaction(); }

void session::track_new(tracked_object* object) {
  state_->refuse_while_busy();
  state_->track_new(object);
}

void session::state::track_new(tracked_object* object) {
  if (!object || object->state != object_state::detached) {
    throw transaction_error(errc::detached_object, "add(): this object is in a session already");
  }
  require_table(info_of(*object->spec));
  object->snapshot.clear();  // of a row that it had
  object->state = object_state::added;
  own(object);
  object->asked_for = true;
}

tracked_object* session::track_persistent(tracked_object* object) {
  state_->refuse_while_busy();
  return state_->track_persistent(object);
}

void throw_concurrent_use() {
  throw transaction_error(
      errc::concurrent_use,
      "two coroutines use one session at the same time: give each its own session, or await one after the other");
}

void session::state::refuse_while_busy() const {
  if (busy && !open_to_handlers) throw_concurrent_use();
}

void require_tracked(const tracked_object* object, std::string_view verb, std::uint32_t session) {
  if (!object || object->state == object_state::detached || object->state == object_state::erased) {
    throw transaction_error(errc::detached_object,
                            std::string(verb) + "(): this object is not in the session; add() or attach() it first");
  }
  if (object->session != session) {
    throw transaction_error(errc::detached_object,
                            std::string(verb) + "(): this object belongs to another session: use it there, or merge() "
                                                "a copy of it");
  }
}

void session::mark_removed(tracked_object* object, bool permanently) {
  state_->refuse_while_busy();
  require_tracked(object, "remove", state_->number);
  if (object->state == object_state::added) {
    state_->disown(object);  // never stored: nothing to delete
  } else {
    object->state = object_state::removed;
    object->permanently = permanently;
    state_->let_go_of_new_parts(object);
  }
}

void session::forget(tracked_object* object) {
  state_->refuse_while_busy();
  require_tracked(object, "expunge", state_->number);
  state_->forget(object);
}

void session::state::forget(tracked_object* object) {
  if (object->state != object_state::added) identities.erase(object);
  disown(object);
}

bool session::is_flushed(const tracked_object* object) const noexcept { return state_->undo.has_written(object); }

bool session::needs_flush(tracked_object* object) const {
  if (!object || object->session != state_->number) return false;
  switch (object->state) {
    case object_state::added:
    case object_state::removed: return true;
    case object_state::persistent: {
      const model_info& info = info_of(*object->spec);
      return !detail::matches(info, object->object(), object->snapshot, nullptr) ||
             (!info.relations.empty() && detail::has_related_changes(info, object)) ||
             detail::is_given_child(info, object, state_->objects.with_relations()) ||
             state_->copies.is_edited(*object) || state_->connected.wait_for(object);
    }
    default: return false;
  }
}

// ---- writing

task<void> session::flush() { static_cast<void>(co_await flush_all(false)); }

task<bool> session::flush_all(bool commit) {
  state_->refuse_in_handler("flush");
  const bool tells = hears_of_it();
  std::exception_ptr failure;
  if (tells) failure = co_await try_tell(session_event::before_flush);
  bool committed = false;
  if (!failure) {
    const session_use use(state_->busy);
    const std::size_t before = state_->undo.size();
    try {
      committed = co_await state_->write_all(commit && state_->marks.empty() && !tells);
    } catch (...) {
      failure = std::current_exception();
    }
    if (!state_->copies.empty()) state_->settle_copies(before, failure != nullptr);
    if (!failure) {
      detail::unload_stale(state_->objects.with_relations());
      state_->settle_flush();
    }
    state_->added.clear();  // handlers may have set keys
  }
  if (!failure && tells) failure = co_await try_tell(session_event::after_flush);
  if (!failure) co_return committed;
  // The transaction is given up as a whole. In a managed one or a savepoint that is up to whoever began it, who must
  // not keep half of what was to be written.
  if (state_->managed || !state_->marks.empty()) {
    state_->held.fail_transaction();
  } else {
    co_await give_up();
  }
  std::rethrow_exception(failure);
}

task<void> session::commit() {
  if (state_->managed) {
    throw transaction_error(
        errc::invalid_transaction,
        "commit() inside db.transaction(): it commits by itself when the closure returns; use flush()");
  }
  state_->refuse_in_savepoint("commit");
  state_->refuse_in_handler("commit");
  if (hears_of_it()) co_await tell(session_event::before_commit);
  bool committed = co_await flush_all(true);
  std::exception_ptr failure;
  {
    const session_use use(state_->busy);
    if (!committed && state_->held.in_transaction()) {
      try {
        co_await detail::two_step_commit::commit(state_->held);
      } catch (...) {
        failure = std::current_exception();
      }
    }
    if (!failure) state_->settle();
  }
  if (failure) {
    co_await give_up();
    std::rethrow_exception(failure);
  }
  co_await follow_commit();
}

task<void> session::follow_commit() {
  std::exception_ptr failure, told;
  try {
    if (!state_->hooks.empty()) co_await state_->hooks.run();
  } catch (...) {
    failure = std::current_exception();
  }
  if (hears_of_it()) told = co_await try_tell(session_event::after_commit);
  if (!failure) failure = told;
  if (failure) std::rethrow_exception(failure);
}

task<void> session::rollback() {
  if (state_->managed) {
    throw transaction_error(errc::invalid_transaction,
                            "rollback() inside db.transaction(): throw an exception from the closure instead");
  }
  state_->refuse_in_savepoint("rollback");
  state_->refuse_in_handler("rollback");
  const bool tells = hears_of_it();
  std::exception_ptr told, failure;
  if (tells) told = co_await try_tell(session_event::before_rollback);
  {
    const session_use use(state_->busy);
    failure = co_await state_->undo_transaction(true);
  }
  if (failure) std::rethrow_exception(failure);
  if (tells) {
    failure = co_await try_tell(session_event::after_rollback);
    if (!told) told = failure;
  }
  if (told) std::rethrow_exception(told);
}

task<void> session::give_up() {
  // What ended the transaction is what the user is told of, and nothing that goes wrong here.
  const bool tells = hears_of_it();
  if (tells) static_cast<void>(co_await try_tell(session_event::before_rollback));
  {
    const session_use use(state_->busy);
    static_cast<void>(co_await state_->undo_transaction(false));
  }
  if (tells) static_cast<void>(co_await try_tell(session_event::after_rollback));
}

// ---- events

bool session::mute(bool muted) noexcept { return std::exchange(state_->muted, muted); }

bool session::hears_of_it() const noexcept {
  const event_registry* const registry = state_->listening();
  return registry != nullptr && registry->hears_of_sessions();
}

task<void> session::tell(session_event what) {
  std::exception_ptr failure = co_await try_tell(what);
  if (failure) std::rethrow_exception(failure);
}

task<std::exception_ptr> session::try_tell(session_event what) {
  const event_registry* const registry = state_->listening();
  if (registry == nullptr) co_return nullptr;
  std::exception_ptr failure;
  const std::optional<session_event> around = std::exchange(state_->telling, what);
  try {
    co_await registry->tell(what, *this);
  } catch (...) {
    failure = std::current_exception();
  }
  state_->telling = around;
  co_return failure;
}

task<std::exception_ptr> session::state::undo_transaction(bool values) {
  std::exception_ptr failure;
  try {
    if (held.in_transaction()) co_await held.rollback();
  } catch (...) {
    failure = std::current_exception();
  }
  held.release();
  marks.clear();
  hooks.roll_back(0);
  outdated.clear();
  connected.revert(0, !values);
  revert(0, values, loads.roll_back());
  co_return failure;
}

task<void> session::begin() {
  if (state_->held.holds_connection()) {
    throw transaction_error(errc::invalid_transaction,
                            "begin(): the session has a transaction open; use nested() for a savepoint");
  }
  const session_use use(state_->busy);
  co_await state_->ensure_transaction();
}

task<void> session::begin_unit() {
  const session_use use(state_->busy);
  co_await state_->ensure_transaction();
}

task<void> session::open_savepoint() {
  state_->refuse_in_handler("nested");
  co_await flush();
  const session_use use(state_->busy);
  co_await state_->ensure_transaction();
  co_await state_->held.begin();
  state_->flushed = state_->undo.size();
  state_->marks.push_back(state_->flushed);
  state_->loads.open_savepoint();
}

task<void> session::close_savepoint(std::exception_ptr failure) {
  const session_use use(state_->busy);
  const std::size_t mark = state_->marks.back();
  if (!failure) {
    try {
      co_await state_->held.commit();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  state_->marks.pop_back();
  if (!failure) {
    state_->connected.release(state_->marks.size());
    state_->loads.release_savepoint();
    co_return;
  }
  // Why it is undone is what is told; where that fails, the lease knows that the transaction has.
  co_await state_->held.rollback_after_failure();
  state_->connected.revert(state_->marks.size() + 1, false);
  state_->revert(mark, true, state_->loads.roll_back_savepoint());
  std::rethrow_exception(failure);
}

// ---- as a source of queries

bool session::try_run(statement_run& run, const task_context& context) {
  const session_use use(state_->busy);
  if (run.core.locks_rows() && !state_->held.holds_connection()) return false;
  state_->note_run(run);
  return state_->source().try_run(run, context);
}

task<void> session::run(statement_run& run) {
  const session_use use(state_->busy);
  if (run.core.locks_rows()) co_await state_->ensure_transaction();
  state_->note_run(run);
  co_await state_->source().run(run);
}

task<void> session::run_group(statement_group& group) {
  const session_use use(state_->busy);
  const bool locks = std::any_of(group.runs, group.runs + group.count,
                                 [](const statement_run* run) { return run->core.locks_rows(); });
  if (locks) co_await state_->ensure_transaction();
  for (std::size_t i = 0; i != group.count; ++i) state_->note_run(*group.runs[i]);
  co_await state_->source().run_group(group);
}

const dialect& session::sql_dialect() const { return state_->db.sql_dialect(); }
const event_registry* session::listening() const noexcept { return state_->listening(); }

task<lease> session::acquire(std::source_location from) {
  if (state_->held.in_transaction()) state_->loads.note_write();  // by whoever gets it
  lease held = co_await state_->source().acquire(from);
  if (state_->muted) held.mute();
  co_return held;
}

// ---- db.transaction

task<session> managed_session::begin(database& db, const transaction_options& options, std::source_location from) {
  session s(db, {options.mode, options.level, options.read_only, options.deferrable}, from);
  co_await s.begin();
  s.state_->managed = true;
  co_return s;
}

task<void> managed_session::commit(session& s) {
  if (s.hears_of_it()) co_await s.tell(session_event::before_commit);
  bool committed = co_await s.flush_all(true);
  if (!committed) co_await detail::two_step_commit::commit(s.state_->held);
  settle(s);
}

void managed_session::leave_connection(session& s) { s.state_->leave_connection(); }

void managed_session::settle(session& s) { s.state_->settle(); }

task<void> managed_session::run_hooks(session& s) { return s.follow_commit(); }

task<bool> managed_session::rollback(session& s) {
  const bool may_run_again = !s.state_->held.ended_by_program();
  // Why there is a rollback is what is told; with a failure of its own the connection is lost.
  const bool tells = s.hears_of_it();
  if (tells) static_cast<void>(co_await s.try_tell(session_event::before_rollback));
  static_cast<void>(co_await s.state_->undo_transaction(true));
  if (tells) static_cast<void>(co_await s.try_tell(session_event::after_rollback));
  co_return may_run_again;
}

}  // namespace tupelo
