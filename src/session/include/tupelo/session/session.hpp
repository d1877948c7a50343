// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/engine/database.hpp"
#include "tupelo/core/owned.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tupelo {

enum class session_event : std::uint8_t;

namespace detail {

/// A key of several parts, and how its row is locked behind them.
template <class... Given>
inline constexpr bool is_key_and_lock = false;
template <class First, class Second, class Third, class... More>
inline constexpr bool is_key_and_lock<First, Second, Third, More...> =
    std::is_same_v<std::tuple_element_t<sizeof...(More) + 2, std::tuple<First, Second, Third, More...>>, row_lock>;

template <class... Given>
const auto& last_of(const Given&... given) noexcept {
  return std::get<sizeof...(Given) - 1>(std::tie(given...));
}
/// The query by the key whose parts are all of these but the last.
template <class T, class... Given>
query_core query_by_first(const Given&... given) {
  const auto all = std::tie(given...);
  return [&all]<std::size_t... Part>(std::index_sequence<Part...>) {
    return key_query<T>(std::get<Part>(all)...);
  }(std::make_index_sequence<sizeof...(Given) - 1>());
}

}  // namespace detail

/// How the transactions of a session begin.
struct session_options {
  transaction_mode mode = transaction_mode::immediate;
  isolation level = isolation::standard;
  bool read_only = false;
  bool deferrable = false;
  /// An update of an object without a version writes the row only where the changed columns have the values that were
  /// read, and a removal where all of them have; else they throw stale_row. Columns of JSON and arrays are not
  /// compared.
  bool compare_values = false;

  transaction_start start() const noexcept {
    transaction_start how(level, read_only, deferrable);
    how.mode = mode;
    return how;
  }
};

/// A unit of work: tracks objects, finds out what changed, and writes it in one transaction with as few statements as
/// possible.
///
/// Takes a connection only when it begins a transaction (the first flush that writes, `begin`, `nested`, a read that
/// locks, or what a repository or a record writes through it) and gives it back at commit or rollback; outside of one
/// its reads use any connection of the database, and statements that write (`insert`, `update` …) are committed at
/// once. Nothing runs without `co_await`; of the tracked objects nothing is written before `flush` or `commit`, also
/// not by queries.
///
/// Errors: transaction_error (concurrent_use) when two coroutines use it at once, (detached_object) for an object that
/// another session tracks; errors of statements.
/// Threads: used by one coroutine at a time. Owns: shares of its objects. It must not outlive its database.
/// Destruction rolls back what is not committed.
class session final : public query_source, public query_verbs<session> {
public:
  /// `from` is who is told of when the session holds a connection for too long.
  explicit session(database& db, session_options options = {},
                   std::source_location from = std::source_location::current());
  session(database& db, std::source_location from) : session(db, session_options(), from) {}
  session(session&& other) noexcept;
  session& operator=(session&&) = delete;
  ~session();

  // ---- tracking

  /// Tracks a new object; the next flush inserts it.
  template <class T>
  ref<T> add(T object) {
    ref<T> added(new detail::tracked<T>(static_cast<T&&>(object)));
    track_new(added.tracked());
    return added;
  }
  /// An expunged object again, or one whose insert was rolled back.
  template <class T>
  void add(const ref<T>& object) {
    track_new(object.tracked());
  }
  template <class T>
  std::vector<ref<T>> add_all(std::vector<T> objects) {
    std::vector<ref<T>> added;
    added.reserve(objects.size());
    for (T& object : objects) added.push_back(add(static_cast<T&&>(object)));
    return added;
  }
  using query_verbs<session>::attach;
  /// Tracks an object that is a row of the database already, with the values it has there now. The object that the
  /// session already has for this row, if it has one.
  template <class T>
  ref<T> attach(T object) {
    ref<T> fresh(new detail::tracked<T>(static_cast<T&&>(object)));
    return ref<T>(track_persistent(fresh.tracked()));
  }
  /// The next flush deletes its row (marks it where the model says soft_delete). Errors: transaction_error
  /// (detached_object).
  template <class T>
  void remove(const ref<T>& object) {
    mark_removed(object.tracked(), false);
  }
  /// The same; the row is deleted, not marked: `session.remove(user, tp::permanently)`.
  template <class T>
  void remove(const ref<T>& object, permanently_t) {
    mark_removed(object.tracked(), true);
  }
  using query_verbs<session>::restore;
  /// Takes a removal back: one that is not flushed yet, or the mark of a row that was read with it, as `get` does; the
  /// next flush writes that. What belongs to it and was marked with it, by the same flush, comes back with it.
  /// Errors: transaction_error (detached_object); query_error for a model that marks no rows.
  template <class T>
  void restore(const ref<T>& object) {
    take_back(object.tracked());
  }
  /// Stops tracking: the object becomes a plain value, and pending changes to it are forgotten. Where this transaction
  /// has inserted it and is undone, it has lost its row and the key that the database had made.
  template <class T>
  void expunge(const ref<T>& object) {
    forget(object.tracked());
  }
  /// Whether the object would be written by the next flush.
  template <class T>
  bool is_dirty(const ref<T>& object) const {
    return needs_flush(object.tracked());
  }
  /// Tracked objects.
  std::size_t size() const noexcept;

  // ---- reading tracked objects

  /// The object with this key: the one the session has, else read. Errors: not_found.
  template <class T, class Key>
  task<ref<T>> get(Key key, std::source_location from = std::source_location::current()) {
    co_return ref<T>(co_await read(detail::key_query<T>(key), &make<T>, true, from));
  }
  /// The same with a key of several parts, in their order.
  template <class T, class... Key>
    requires(sizeof...(Key) != 1 && !detail::is_key_and_lock<Key...>)
  task<ref<T>> get(Key... key) {
    co_return ref<T>(co_await read(detail::key_query<T>(key...), &make<T>, true, {}));
  }
  /// The same, the row being read and locked until the transaction ends, which is begun if none is open: `co_await
  /// s.get<User>(id, tp::for_update)`. Errors: `busy` too, for nowait(); not_found for a row that skip_locked() skips.
  template <class T, class Key>
  task<ref<T>> get(Key key, row_lock lock, std::source_location from = std::source_location::current()) {
    co_return ref<T>(co_await read(detail::key_query<T>(key), &make<T>, true, from, lock));
  }
  /// The same with a key of several parts: `s.get<Seat>("A", 4, tp::for_update)`.
  template <class T, class... KeyAndLock>
    requires(detail::is_key_and_lock<KeyAndLock...>)
  task<ref<T>> get(KeyAndLock... given) {
    co_return ref<T>(co_await read(detail::query_by_first<T>(given...), &make<T>, true, {}, detail::last_of(given...)));
  }
  /// As get; an empty ref where there is no such row.
  template <class T, class Key>
  task<ref<T>> find(Key key, std::source_location from = std::source_location::current()) {
    co_return ref<T>(co_await read(detail::key_query<T>(key), &make<T>, false, from));
  }
  template <class T, class... Key>
    requires(sizeof...(Key) != 1 && !detail::is_key_and_lock<Key...>)
  task<ref<T>> find(Key... key) {
    co_return ref<T>(co_await read(detail::key_query<T>(key...), &make<T>, false, {}));
  }
  template <class T, class Key>
  task<ref<T>> find(Key key, row_lock lock, std::source_location from = std::source_location::current()) {
    co_return ref<T>(co_await read(detail::key_query<T>(key), &make<T>, false, from, lock));
  }
  template <class T, class... KeyAndLock>
    requires(detail::is_key_and_lock<KeyAndLock...>)
  task<ref<T>> find(KeyAndLock... given) {
    co_return ref<T>(
        co_await read(detail::query_by_first<T>(given...), &make<T>, false, {}, detail::last_of(given...)));
  }
  /// Reads the object's row again; changes that are not flushed are lost. Errors: not_found; transaction_error
  /// (detached_object).
  template <class T>
  task<void> refresh(ref<T> object) {
    co_await reload(object.tracked());
  }

  /// The values of a detached object, a copy that was made before or came from elsewhere, become those of the object
  /// with its key: the one the session has, else read. Without a key, or where no row has it, it is a new object. Times
  /// that the session sets, and relations, stay as they are; counters of related rows become those of the copy.
  /// Errors: stale_row where its version is another one than that of the row.
  template <class T>
  task<ref<T>> merge(T object) {
    ref<T> given(new detail::tracked<T>(static_cast<T&&>(object)));
    co_return ref<T>(co_await merge_value(given.tracked(), &make<T>));
  }
  /// The object is out of date: the next `get` or `find` of its key reads it again. Changes that are not flushed are
  /// lost; its fields keep the values that were read. Errors: transaction_error (detached_object).
  template <class T>
  void expire(const ref<T>& object) {
    mark_expired(object.tracked());
  }
  /// The same of all objects that are rows.
  void expire_all();

  /// As of every source of queries. What is loaded into relations of tracked objects is tracked too: the next flush
  /// writes what is changed in it. One row is one object: where the session has it already, changes of the loaded one
  /// become changes of that, and both are equal after the flush.
  /// Before: the objects outlive the task. Errors: those of the statements; the flush throws query_error where one
  /// field of a row was changed in two objects to different values.
  template <class Objects, class F, class C>
  task<void> load(Objects&& objects, F C::* relation, std::source_location from = std::source_location::current()) {
    return load_path<C>(objects, from, relation);
  }
  /// The same, with further relations and a function that narrows the last one behind.
  template <class Objects, class F, class C, class First, class... Path>
    requires(!std::is_same_v<First, std::source_location>)
  task<void> load(Objects&& objects, F C::* relation, const First& first, const Path&... path) {
    return load_path<C>(objects, {}, relation, first, path...);
  }

  // ---- writing

  /// Writes what changed: inserts, updates of the changed columns, deletes, in the order of the foreign keys. Begins a
  /// transaction if none is open.
  ///
  /// Errors: those of the statements and of handlers, stale_row, query_error for a changed key. The whole transaction
  /// is then rolled back; the objects keep the values they were given, so that the cause can be mended and the flush
  /// tried again. In `db.transaction` and `nested` whoever began it does that: until then everything else throws
  /// transaction_error, and a closure that returns nevertheless is rolled back with that.
  task<void> flush();
  /// Flushes and commits. Errors: as flush.
  task<void> commit();
  /// Undoes everything since the last commit: in the database, and in the objects, which get the values of that time
  /// back. Added objects leave the session; those that were read first since expire.
  task<void> rollback();

  /// Runs `hook`, a function or a coroutine without parameters, after the next commit; never where the transaction, or
  /// the savepoint it was given in, is rolled back, be it because a flush failed. All hooks are run in the order in
  /// which the session and leases of its transaction were given them, and session_event::after_commit is told; then
  /// `commit` throws the first failure, but the transaction stays committed.
  template <class Hook>
  void after_commit(Hook hook) {
    hooks().add(static_cast<Hook&&>(hook), hook_depth());
  }

  /// Begins a transaction now, so that reads are in it. Errors: transaction_error when one is open.
  task<void> begin();
  bool in_transaction() const noexcept override;
  /// The same where none is open: what a repository and records write through the session is in its transaction.
  task<void> begin_unit() override;
  /// Runs `closure()` in a savepoint of the open transaction (begins one if there is none) and flushes at its end; an
  /// exception undoes what the closure did and is thrown again.
  template <class Closure>
  task<void> nested(Closure closure) {
    static_assert(detail::closure_given<Closure>::template is_a_coroutine<>,
                  "tupelo: nested() takes a coroutine: [&]() -> tp::task<void> { co_await …; }");
    co_await open_savepoint();
    std::exception_ptr failure;
    try {
      if constexpr (detail::closure_given<Closure>::template is_a_coroutine<>) co_await closure();
      co_await flush();
    } catch (...) {
      failure = std::current_exception();
    }
    co_await close_savepoint(static_cast<std::exception_ptr&&>(failure));
  }

  /// Runs `closure()`, a coroutine, and flushes at its end; nobody is told of what happens meanwhile. What is waiting
  /// is flushed before, and told of.
  template <class Closure>
  task<void> without_events(Closure closure) {
    static_assert(detail::closure_given<Closure>::template is_a_coroutine<>,
                  "tupelo: without_events() takes a coroutine: [&]() -> tp::task<void> { co_await …; }");
    co_await flush();
    const bool before = mute(true);
    std::exception_ptr failure;
    try {
      if constexpr (detail::closure_given<Closure>::template is_a_coroutine<>) co_await closure();
      co_await flush();
    } catch (...) {
      failure = std::current_exception();
    }
    mute(before);
    if (failure) std::rethrow_exception(failure);
  }

  // ---- as a source of queries

  bool try_run(statement_run& run, const task_context& context) override;
  task<void> run(statement_run& run) override;
  task<void> run_group(statement_group& group) override;
  const dialect& sql_dialect() const override;
  const event_registry* listening() const noexcept override;
  task<lease> acquire(std::source_location from = std::source_location::current()) override;

private:
  struct state;
  friend class managed_session;
  template <class T>
  friend class repository;

  template <class T>
  static detail::tracked_object* make() {
    return new detail::tracked<T>();
  }
  void track_new(detail::tracked_object* object);
  detail::tracked_object* track_persistent(detail::tracked_object* object);
  void mark_removed(detail::tracked_object* object, bool permanently);
  void take_back(detail::tracked_object* object);
  void mark_expired(detail::tracked_object* object);
  task<detail::tracked_object*> merge_value(detail::tracked_object* given, detail::tracked_object* (*make)());
  void forget(detail::tracked_object* object);
  bool needs_flush(detail::tracked_object* object) const;
  /// Whether the open transaction has written it.
  bool is_flushed(const detail::tracked_object* object) const noexcept;
  task<detail::tracked_object*> read(query_core core, detail::tracked_object* (*make)(), bool must_exist,
                                     std::source_location from, std::optional<row_lock> lock = {});
  task<void> reload(detail::tracked_object* object);
  template <class Model, class Objects, class... Path>
  task<void> load_path(Objects&& objects, std::source_location from, const Path&... path) {
    load_list loads;
    detail::relation_path<Model>::load(loads, path...);
    std::vector<void*> found;
    detail::objects_of<Model>::add(found, objects);
    return load_and_track(static_cast<load_list&&>(loads), static_cast<std::vector<void*>&&>(found), from);
  }
  task<void> load_and_track(load_list loads, std::vector<void*> objects, std::source_location from);
  /// True: and has committed, which it only does where it is asked to and that saves a round trip.
  task<bool> flush_all(bool commit);
  detail::commit_hooks& hooks();
  int hook_depth() const noexcept;
  bool mute(bool muted) noexcept;
  bool hears_of_it() const noexcept;
  /// Errors: those of the handlers.
  task<void> tell(session_event what);
  /// The same; gives what a handler has thrown.
  task<std::exception_ptr> try_tell(session_event what);
  /// Undoes the transaction after a failure.
  task<void> give_up();
  /// After a commit: its hooks, and who is told of it. Errors: the first of theirs.
  task<void> follow_commit();
  task<void> open_savepoint();
  /// Errors: `failure`, for which it is undone; that of its release, for which it is, too.
  task<void> close_savepoint(std::exception_ptr failure);

  owned<state> state_;
};

/// The session of one attempt of `db.transaction`: its transaction is committed or rolled back from outside.
class managed_session {
public:
  static task<session> begin(database& db, const transaction_options& options, std::source_location from);
  static task<void> commit(session& s);
  /// After the commit: its hooks. Errors: theirs; nothing is rolled back or run again for them.
  static task<void> run_hooks(session& s);
  /// Gives back the connection that was lost during COMMIT, so that the verifier of another transaction may have one.
  static void leave_connection(session& s);
  /// It has been committed, as a verifier found out.
  static void settle(session& s);
  /// Gives whether the closure may be run again: not where it has ended the transaction by SQL of its own, and may have
  /// committed what it did.
  static task<bool> rollback(session& s);
};

namespace detail {

/// Whether the transaction is to be tried again; waits before it says yes. Throws the failure when it says no.
task<void> before_next_attempt(std::exception_ptr failure, int attempt, transaction_options options);
/// Whether a COMMIT ended without a word of what became of it.
bool is_commit_unknown(const std::exception_ptr& failure) noexcept;
/// What it is when a verifier found out that the transaction is not there: retryable.
std::exception_ptr commit_did_not_happen();
/// What it is when the verifier failed: commit_unknown still, whatever its failure says of itself.
std::exception_ptr commit_not_verified(std::exception_ptr why);

template <class Task>
struct task_result;
template <class T>
struct task_result<task<T>> {
  using type = T;
};

}  // namespace detail

/// What `database::transaction` does.
template <class Closure, class Verifier>
auto run_transaction(database& db, Closure closure, transaction_options options, Verifier verify,
                     std::source_location from) -> decltype(closure(std::declval<session&>())) {
  using result = typename detail::task_result<decltype(closure(std::declval<session&>()))>::type;
  for (int attempt = 1;; ++attempt) {
    std::optional<session> begun;
    std::exception_ptr failure;
    std::optional<std::conditional_t<std::is_void_v<result>, char, result>> value;
    try {
      begun.emplace(co_await managed_session::begin(db, options, from));
      session& s = *begun;
      if constexpr (std::is_void_v<result>) {
        co_await closure(s);
      } else {
        value.emplace(co_await closure(s));
      }
      co_await managed_session::commit(s);
    } catch (...) {
      failure = std::current_exception();
    }
    if constexpr (!std::is_same_v<Verifier, no_verifier>) {
      if (failure && detail::is_commit_unknown(failure)) {
        managed_session::leave_connection(*begun);
        try {
          failure = co_await verify() ? nullptr : detail::commit_did_not_happen();
        } catch (...) {
          failure = detail::commit_not_verified(std::current_exception());
        }
        if (!failure) managed_session::settle(*begun);
      }
    }
    if (!failure) {
      co_await managed_session::run_hooks(*begun);
      if constexpr (std::is_void_v<result>) {
        co_return;
      } else {
        co_return static_cast<result&&>(*value);
      }
    }
    if (begun && !co_await managed_session::rollback(*begun)) std::rethrow_exception(failure);
    co_await detail::before_next_attempt(failure, attempt, options);
  }
}

}  // namespace tupelo
