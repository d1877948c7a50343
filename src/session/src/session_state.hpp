// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "added_index.hpp"
#include "connections.hpp"
#include "identity_map.hpp"
#include "load_log.hpp"
#include "other_sides.hpp"
#include "owned_objects.hpp"
#include "removal_order.hpp"
#include "repetition_watch.hpp"
#include "row_copies.hpp"
#include "snapshot.hpp"
#include "undo_log.hpp"
#include "undone_work.hpp"

#include "tupelo/session/session.hpp"
#include "tupelo/core/error.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

namespace detail {
class related_objects;
struct removal_effects;
struct held_rows;
class parent_changes;
}  // namespace detail

struct session::state {
  state(database& database, session_options o, std::source_location made) : db(database), options(o), from(made) {
    if (const std::uint32_t most = db.reads_repeated_at_most()) {
      watch = std::make_unique<detail::repetition_watch>(db, most, made);
    }
  }
  ~state();

  database& db;
  session_options options;
  std::source_location from;
  detail::commit_hooks hooks;
  const std::uint32_t number = next_number();  ///< of all sessions, which its objects have
  lease held;
  bool managed = false;  ///< the transaction is ended from outside
  bool busy = false;
  bool muted = false;                    ///< nobody is told of events
  std::optional<session_event> telling;  ///< handlers of this are being told
  detail::owned_objects objects;         ///< each with a share
  detail::identity_map identities;
  detail::added_index added;          ///< of the objects
  detail::row_copies copies;          ///< of the objects, in relations that were loaded
  detail::connections connected;      ///< in the open transaction
  bool has_loaded_objects = false;    ///< rows that were loaded into relations are among them
  bool has_loaded_relations = false;  ///< of objects, perhaps without rows
  bool has_held_rows = false;         ///< that the program has put into them: complete once they are written
  bool open_to_handlers = false;      ///< though it is busy: they may add and remove objects
  bool has_erased_objects = false;    ///< rows of objects were deleted in the open transaction
  /// What has left a has_one: written before what takes its place is inserted. Nothing is read through these.
  std::vector<const detail::tracked_object*> replaced;
  detail::undo_log undo;
  detail::undone_work undone;
  std::size_t flushed = 0;                          ///< size of `undo` behind the last flush that did not fail
  std::vector<std::size_t> marks;                   ///< size of `undo` where each open savepoint began
  detail::load_log loads;                           ///< of the open transaction
  std::vector<detail::load_log::field> outdated;    ///< relations that are not loaded any more after the commit
  std::unique_ptr<detail::repetition_watch> watch;  ///< null: off

  /// What runs the session's statements: its transaction, or any connection.
  query_source& source() {
    query_source& runs = held.holds_connection() ? static_cast<query_source&>(held) : db;
    return watch ? watch->before(runs) : runs;
  }
  static std::uint32_t next_number() noexcept;
  /// Errors: transaction_error (concurrent_use) while something is being awaited of the session.
  void refuse_while_busy() const;
  void track_new(detail::tracked_object* object);
  detail::tracked_object* track_persistent(detail::tracked_object* object);
  void forget(detail::tracked_object* object);
  /// Of objects that come from a read, before they are tracked. Errors: those of the handlers.
  task<void> tell_loaded(const model_info& info, void* object);
  void own(detail::tracked_object* object);
  /// `with_parts`: and the new objects that it holds.
  void disown(detail::tracked_object* object, bool with_parts = true);
  /// What a flush that failed has met in the relations of an object that is to be deleted, as it meets nothing there
  /// now. What an undone transaction had inserted stays.
  void let_go_of_new_parts(detail::tracked_object* object);
  /// Objects in this state leave the session.
  void drop_all(detail::object_state which);
  /// They are detached, and the session's shares of them end.
  void let_go(const std::vector<detail::tracked_object*>& leaving);
  void remember(detail::tracked_object* object);
  /// The object's row was read, in an open transaction, which may have written it: called before the object knows.
  void remember_read(detail::tracked_object* object);
  /// The object is as its row was read; what the program has changed in it itself stays. `connected_too`: edits of its
  /// copies in many_to_many relations are changes of it from before.
  void follow_read(const model_info& info, detail::tracked_object* object, detail::words_view row, bool connected_too);
  /// What the program has changed last, a foreign key or a relation field, decides whom objects belong to, as long as
  /// their rows can tell.
  void settle_keys();
  /// Back to the size of `undo` given. `values`: the objects' fields too, and what was added leaves. `loaded`:
  /// relations that may hold what is undone.
  void revert(std::size_t mark, bool values, const std::vector<detail::load_log::field>& loaded);
  struct undone_inserts;
  /// These were inserted by what is undone, and have left the session since: what holds them as new asks for them
  /// again. Where their rows were read since, the object which was read is to be inserted, `values`: or leaves.
  void revert_left(const std::vector<detail::tracked_object*>& left, bool values, undone_inserts& found);
  /// They are not loaded any more, in objects of the session and in the rows that their relations hold.
  /// `held_alone`: where the program has changed them, and they were not loaded anew.
  void unload(const std::vector<detail::load_log::field>& loaded, bool held_alone = false);
  /// Relations that were loaded, and not changed by the program, with rows that may not be those of the database.
  void unload_rows(const std::function<bool(const model_info& model, const detail::loaded_rows& rows)>& are_unsure);
  /// What runs through the session, in its transaction if one is open.
  void note_run(const statement_run& run) {
    const word_buffer& shape = run.core.shape;
    const bool reads = shape.size != 0 && op_of(shape.data()[0]) == op::select_from;
    if (!reads && held.in_transaction()) loads.note_write();
  }
  static void revert_read(undo_entry& entry, bool values);
  /// The object, by which the program has brought a removed row back, is the row's after an undone transaction too.
  void take_over(detail::tracked_object* object, detail::tracked_object* from);
  /// Rolls back, gives the connection back and reverts; whatever became of the ROLLBACK, whose failure is returned.
  task<std::exception_ptr> undo_transaction(bool values);
  /// Errors: transaction_error where a savepoint is open.
  void refuse_in_savepoint(std::string_view verb) const;
  /// After a commit: erased objects leave, and loaded ones that nobody reaches any more. Its connection goes back, and
  /// hooks that were given to its lease are the session's.
  /// Hooks of the transaction stay here.
  void leave_connection();
  void settle();
  void let_go_of_left_behind();
  /// A flush has not failed.
  void settle_flush();
  /// After a flush: copies of what was written, since `undo` was of this size, are as that is.
  void settle_copies(std::size_t before, bool failed);

  /// Writes what changed; true: and has committed it, which it does where `commit` is set and no round trip more is
  /// needed for it.
  task<bool> write_all(bool commit);
  struct work_list;
  struct changed_object;
  class flush_writes;
  class flush_events;
  /// Who is to be told of what happens; null: nobody.
  const event_registry* listening() const noexcept { return muted ? nullptr : db.listening(); }
  /// Errors: transaction_error in a handler that the verb would call again, or that is told of what cannot be kept.
  void refuse_in_handler(std::string_view verb) const;
  /// Rows that the program has put into relation fields are added, and theirs; what it has taken out leaves its owner,
  /// and what belongs to nobody any more where it must is removed. True: something was.
  bool follow_relations();
  void add_held_rows();
  /// New objects leave that only a flush which failed has met, and that no relation field holds any more.
  void let_go_of_replaced_rows();
  /// What several flushes have written is one flush after a transaction was undone: what gives up unique values that
  /// others take comes before them, as what has left a has_one.
  /// True: objects have left, which are to be deleted with it and are not inserted for that.
  bool note_what_is_in_the_way();
  /// Of what is to be inserted: it comes when this row is gone. What would be deleted with it goes `along`.
  void leave_first(const model_info& info, const detail::tracked_object& leaving,
                   std::vector<detail::tracked_object*>& along);
  /// Errors: query_error where something is new that was never inserted.
  void add_what_goes_along(std::vector<detail::tracked_object*>& leaving);
  void take_out(const model_info& owner, const relation_info& relation, const detail::tracked_object& holder,
                detail::held_rows& held, std::vector<detail::tracked_object*>& leaving);
  bool remove_orphans();
  /// Objects that a has_one had before it was given another one leave its owner.
  void take_out_replaced();
  class loaded_objects;
  /// What the relations of this object are loaded with are objects of the session too.
  void track_relations(const model_info& info, void* object);
  /// Loaded rows have been moved there with what the program has put behind them.
  void follow_stored_rows(detail::held_rows& held);
  /// What the program has changed in rows that are copies of the object is told from what its row becomes now.
  void before_reading_again(const detail::tracked_object& object) {
    // Shares: the session, the ref that it is read again by, and what it was put into.
    if (__atomic_load_n(&object.owners, __ATOMIC_RELAXED) > 2)
      detail::follow_originals(objects.with_relations(), &object, identities, copies);
  }
  void expire(detail::tracked_object* object);
  void note_erased(detail::tracked_object* object);
  /// As remember, before its row is marked.
  void remember_marked(const model_info& info, detail::tracked_object* object);
  /// Its row was: the object is as that is.
  static void note_marked(const model_info& info, detail::tracked_object* object, std::int64_t marked_at);
  /// Objects whose rows went with others, or whose foreign keys became NULL, are as their rows are now.
  void note_effects(const detail::removal_effects& effects, std::int64_t removed_at, detail::other_sides& others);
  /// Objects that belong to rows which the session does not have and which may have gone, or been marked, with rows of
  /// these models: the next read asks the database for them, and relations that hold such rows are not loaded any more.
  void expire_beneath(const std::set<const model_info*>& removed);
  /// Tracked objects whose counters and times have changed with those that belong to them.
  void note_parents(detail::parent_changes& changes, std::int64_t now_us);
  /// The object's row has changed in these fields without it: `change(object)` makes both the same again. What else the
  /// program has changed stays changed.
  template <class Change>
  void change_with_row(detail::tracked_object* object, std::vector<std::uint16_t> fields, Change change) {
    remember(object);
    undo.back().follows = std::move(fields);
    const model_info& info = info_of(*object->spec);
    const detail::snapshot now = detail::take_snapshot(info, object->object());
    detail::restore(info, object->object(), object->snapshot);
    change(object->object());
    object->snapshot = detail::take_snapshot(info, object->object());
    detail::restore(info, object->object(), now);
    change(object->object());
  }
  /// What was marked with objects that are marked no more comes back: rows, and objects.
  task<void> restore_children(flush_events& events);
  task<void> add_inserts(flush_writes& writes, const model_info& info,
                         const std::vector<detail::tracked_object*>& added);
  struct ordered_update {
    std::size_t at;
    bool collides;  ///< see may_collide
  };
  static std::vector<ordered_update> order_of_updates(const model_info& info, const std::vector<changed_object>& all);
  task<void> add_updates(flush_writes& writes, const model_info& info, const std::vector<changed_object>& all);
  /// The columns by which a row is compared with what was read before it is removed.
  std::vector<std::uint16_t> compared_by_removal(const model_info& info, const work_list& work) const;
  task<void> add_removals(flush_writes& writes, const model_info& info, std::vector<detail::tracked_object*>& removed,
                          const work_list& work);
  /// Those of models in one circle of foreign keys.
  task<void> add_removals_in_order(flush_writes& writes, detail::removed_objects removed, work_list& work);
  task<void> add_related_inserts(flush_writes& writes, work_list& work, detail::related_objects& related);
  /// The effects are those of what is removed.
  task<void> add_writes(flush_writes& writes, work_list& work, detail::related_objects& related,
                        detail::removal_effects& effects);
  task<void> ensure_transaction();
};

/// Errors: query_error where the object's key is no longer that of its row.
void require_same_key(const model_info& info, const detail::tracked_object& object);

/// Errors: transaction_error (detached_object) naming the verb, where this session does not track the object.
void require_tracked(const detail::tracked_object* object, std::string_view verb, std::uint32_t session);

[[noreturn]] void throw_concurrent_use();

/// A session is used by one coroutine at a time; two at once would interleave their statements in one transaction.
class session_use {
public:
  explicit session_use(bool& busy) : busy_(busy) {
    if (busy_) throw_concurrent_use();
    busy_ = true;
  }
  session_use(const session_use&) = delete;
  session_use& operator=(const session_use&) = delete;
  ~session_use() { busy_ = false; }

private:
  bool& busy_;
};

/// While the session tells handlers that may add and remove objects.
class handlers_told {
public:
  explicit handlers_told(bool& open) noexcept : open_(open) { open_ = true; }
  handlers_told(const handlers_told&) = delete;
  handlers_told& operator=(const handlers_told&) = delete;
  ~handlers_told() { open_ = false; }

private:
  bool& open_;
};

}  // namespace tupelo
