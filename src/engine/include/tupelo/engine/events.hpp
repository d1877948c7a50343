// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/lease.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/owned.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tupelo {

class session;

/// What happens to an object that a session or a verb for objects writes, and to any that is read.
enum class event : std::uint8_t {
  saving,     ///< before creating or updating
  creating,   ///< before its row is inserted
  updating,   ///< before its row is updated
  restoring,  ///< before the mark of its row ends, which is an update too: this comes first
  deleting,   ///< before its row is deleted or marked
  created,
  updated,
  restored,
  deleted,
  saved,   ///< after created or updated
  loaded,  ///< after it was read: by its key, as a row of a query, or through a relation
};

/// What happens to a session.
enum class session_event : std::uint8_t {
  before_flush,  ///< objects may still be added
  after_flush,
  before_commit,  ///< before the flush that it does
  after_commit,
  before_rollback,  ///< also where a flush or commit has failed
  after_rollback,
};

/// What a statement does with rows that it names by a condition, or takes from a query or a stream: `update<T>()`,
/// `erase<T>()`, `insert_from`, `copy_in`; with that of an `upsert`, which is told as an insert; and with rows of join
/// tables that have a model.
enum class bulk_event : std::uint8_t {
  inserting,
  updating,
  deleting,  ///< or marking
  inserted,  ///< after the statement, before the commit
  updated,
  deleted,
};
/// What a handler of these is told.
struct bulk_write {
  const model_info& model;
  std::int64_t rows;  ///< how many were written; before, 0
};

/// Whether the handlers behind this one hear of the event, too.
enum class propagation : std::uint8_t { go_on, stop };

/// An object of any model, for handlers of all.
struct any_object {
  const model_info& model;
  void* object;

  /// The object; null where it is of another model.
  template <class T>
  T* as() const noexcept {
    return model.spec == &detail::meta<T>::spec ? static_cast<T*>(object) : nullptr;
  }
};

namespace detail {

template <class T>
struct awaited {
  using type = T;
  static constexpr bool is_task = false;
};
template <class T>
struct awaited<task<T>> {
  using type = T;
  static constexpr bool is_task = true;
};

/// Calls a handler in any of the forms that one may have.
template <class Handler, class... Given>
task<propagation> call_handler(Handler& handler, Given&... given) {
  using result = awaited<std::invoke_result_t<Handler&, Given&...>>;
  static_assert(std::is_void_v<typename result::type> || std::is_same_v<typename result::type, propagation>,
                "tupelo: a handler of an event returns nothing or tp::propagation, or a tp::task of these");
  if constexpr (result::is_task) {
    if constexpr (std::is_void_v<typename result::type>) {
      co_await handler(given...);
      co_return propagation::go_on;
    } else {
      co_return co_await handler(given...);
    }
  } else if constexpr (std::is_void_v<typename result::type>) {
    handler(given...);
    co_return propagation::go_on;
  } else {
    co_return handler(given...);
  }
}

/// Whether a function takes the object itself, which would be a copy.
template <class T, class Function>
inline constexpr bool takes_copy_of = false;
template <class T, class R, class... More>
inline constexpr bool takes_copy_of<T, R (*)(T, More...)> = true;
template <class T, class C, class R, class... More>
inline constexpr bool takes_copy_of<T, R (C::*)(T, More...)> = true;
template <class T, class C, class R, class... More>
inline constexpr bool takes_copy_of<T, R (C::*)(T, More...) const> = true;
/// What on() was given for events of T; the compiler's message names it by it.
template <class T, class Handler>
consteval bool hears_of_a_copy() {
  if constexpr (requires { &Handler::operator(); }) {
    return takes_copy_of<T, decltype(&Handler::operator())>;
  } else {
    return takes_copy_of<T, Handler>;
  }
}

/// An observer that passes events on to the objects themselves.
struct own_functions {
  template <class T, class... In>
  auto saving(T& object, In&... in) -> decltype(object.saving(in...)) {
    return object.saving(in...);
  }
  template <class T, class... In>
  auto creating(T& object, In&... in) -> decltype(object.creating(in...)) {
    return object.creating(in...);
  }
  template <class T, class... In>
  auto updating(T& object, In&... in) -> decltype(object.updating(in...)) {
    return object.updating(in...);
  }
  template <class T, class... In>
  auto restoring(T& object, In&... in) -> decltype(object.restoring(in...)) {
    return object.restoring(in...);
  }
  template <class T, class... In>
  auto deleting(T& object, In&... in) -> decltype(object.deleting(in...)) {
    return object.deleting(in...);
  }
  template <class T, class... In>
  auto created(T& object, In&... in) -> decltype(object.created(in...)) {
    return object.created(in...);
  }
  template <class T, class... In>
  auto updated(T& object, In&... in) -> decltype(object.updated(in...)) {
    return object.updated(in...);
  }
  template <class T, class... In>
  auto restored(T& object, In&... in) -> decltype(object.restored(in...)) {
    return object.restored(in...);
  }
  template <class T, class... In>
  auto deleted(T& object, In&... in) -> decltype(object.deleted(in...)) {
    return object.deleted(in...);
  }
  template <class T, class... In>
  auto saved(T& object, In&... in) -> decltype(object.saved(in...)) {
    return object.saved(in...);
  }
  template <class T, class... In>
  auto loaded(T& object, In&... in) -> decltype(object.loaded(in...)) {
    return object.loaded(in...);
  }
};

class object_handler {
public:
  virtual ~object_handler() = default;
  virtual task<propagation> call(const any_object& object, lease& in) = 0;
};
class session_handler {
public:
  virtual ~session_handler() = default;
  virtual task<propagation> call(session& of) = 0;
};

class bulk_handler {
public:
  virtual ~bulk_handler() = default;
  virtual task<propagation> call(const bulk_write& write, lease& in) = 0;
};
template <class Handler>
class bulk_handler_of final : public bulk_handler {
public:
  explicit bulk_handler_of(Handler&& handler) : handler_(static_cast<Handler&&>(handler)) {}
  task<propagation> call(const bulk_write& write, lease& in) override {
    if constexpr (std::is_invocable_v<Handler&, const bulk_write&, lease&>) {
      return call_handler(handler_, write, in);
    } else {
      return call_handler(handler_, write);
    }
  }

private:
  Handler handler_;
};
/// The event behind one that comes before writing.
constexpr bulk_event after(bulk_event before) noexcept {
  return static_cast<bulk_event>(static_cast<std::uint8_t>(before) + 3);
}

template <class T, class Handler>
class object_handler_of final : public object_handler {
public:
  explicit object_handler_of(Handler&& handler) : handler_(static_cast<Handler&&>(handler)) {}
  task<propagation> call(const any_object& object, lease& in) override {
    if constexpr (std::is_void_v<T>) {
      return call_with(object, in);
    } else {
      return call_with(*static_cast<T*>(object.object), in);
    }
  }

private:
  template <class Object>
  task<propagation> call_with(Object& object, lease& in) {
    if constexpr (std::is_invocable_v<Handler&, Object&, lease&>) {
      return call_handler(handler_, object, in);
    } else {
      return call_handler(handler_, object);
    }
  }
  Handler handler_;
};
template <class Handler>
class session_handler_of final : public session_handler {
public:
  explicit session_handler_of(Handler&& handler) : handler_(static_cast<Handler&&>(handler)) {}
  task<propagation> call(session& of) override { return call_handler(handler_, of); }

private:
  Handler handler_;
};

}  // namespace detail

/// Who is told of what is done with objects of a database, by sessions and by verbs for objects, and with rows by
/// statements.
///
/// A handler is a function or a coroutine. It gets the object, which it may change before it is written, and if it
/// wants so the `tp::lease&` whose transaction the flush runs in, for statements of its own; that of `loaded` may hold
/// no connection. What is loaded is told of when all that was asked for is there, that of relations first. What a
/// handler throws ends the flush, and its transaction is rolled back: `tp::vetoed` is there to say no.
/// `propagation::stop` keeps the event from the handlers behind.
///
/// Order: for each object, the handlers of its model as they were registered, then those of all models. Everything that
/// comes before writing is told for all objects of the flush, in the order in which they were tracked, before the first
/// is written; what comes after, in the order of writing, before the commit.
///
/// Before: handlers are registered before sessions are used. They must not use the session that tells them, other than
/// `add` and `remove` of what is to be written with it. Threads: registering, one at a time; handlers run where their
/// session is used.
class event_registry {
public:
  event_registry() = default;
  event_registry(event_registry&&) = delete;

  /// `handler(User&)` or `handler(User&, tp::lease&)`.
  template <class T, class Handler>
  event_registry& on(event when, Handler handler) {
    constexpr bool fits = std::is_invocable_v<Handler&, T&> || std::is_invocable_v<Handler&, T&, lease&>;
    static_assert(fits, "tupelo: a handler of an event takes the object, T&, and if it wants so a tp::lease&");
    static_assert(!detail::hears_of_a_copy<T, Handler>(),
                  "tupelo: a handler of an event takes the object, T& or const T&: what it changed of a copy would be "
                  "lost");
    if constexpr (fits)
      add(&detail::meta<T>::spec, when, new detail::object_handler_of<T, Handler>(handler_of(handler)));
    return *this;
  }
  /// For objects of every model: `handler(const tp::any_object&)`, or with a `tp::lease&`.
  template <class Handler>
  event_registry& on_any(event when, Handler handler) {
    constexpr bool fits =
        std::is_invocable_v<Handler&, const any_object&> || std::is_invocable_v<Handler&, const any_object&, lease&>;
    static_assert(fits,
                  "tupelo: a handler of all models takes a const tp::any_object&, and if it wants so a tp::lease&");
    if constexpr (fits) add(nullptr, when, new detail::object_handler_of<void, Handler>(handler_of(handler)));
    return *this;
  }
  /// For statements: `handler(const tp::bulk_write&)`, or with a `tp::lease&`, whose transaction the statement runs in.
  /// What is thrown before it keeps it from being run, and after it undoes it.
  template <class T, class Handler>
  event_registry& on(bulk_event when, Handler handler) {
    return add_bulk(&detail::meta<T>::spec, when, handler);
  }
  /// For those about rows of every model.
  template <class Handler>
  event_registry& on_any(bulk_event when, Handler handler) {
    return add_bulk(nullptr, when, handler);
  }
  /// `handler(tp::session&)`. After a commit, and around a rollback, what it throws changes nothing any more.
  template <class Handler>
  event_registry& on(session_event when, Handler handler) {
    static_assert(std::is_invocable_v<Handler&, session&>,
                  "tupelo: a handler of a session's event takes a tp::session&");
    if constexpr (std::is_invocable_v<Handler&, session&>)
      add(when, new detail::session_handler_of<Handler>(handler_of(handler)));
    return *this;
  }
  /// The functions of an object that are named as events are, any of them: `void creating(User&)`, `tp::task<void>
  /// deleted(User&, tp::lease&)`. Before: the observer outlives the database.
  template <class T, class Observer>
  event_registry& observe(Observer& observer) {
    const std::size_t before = objects_.size();
    attach<T>(event::saving, observer, [](auto& o, auto&... g) -> decltype(o.saving(g...)) { return o.saving(g...); });
    attach<T>(event::creating, observer,
              [](auto& o, auto&... g) -> decltype(o.creating(g...)) { return o.creating(g...); });
    attach<T>(event::updating, observer,
              [](auto& o, auto&... g) -> decltype(o.updating(g...)) { return o.updating(g...); });
    attach<T>(event::restoring, observer,
              [](auto& o, auto&... g) -> decltype(o.restoring(g...)) { return o.restoring(g...); });
    attach<T>(event::deleting, observer,
              [](auto& o, auto&... g) -> decltype(o.deleting(g...)) { return o.deleting(g...); });
    attach<T>(event::created, observer,
              [](auto& o, auto&... g) -> decltype(o.created(g...)) { return o.created(g...); });
    attach<T>(event::updated, observer,
              [](auto& o, auto&... g) -> decltype(o.updated(g...)) { return o.updated(g...); });
    attach<T>(event::restored, observer,
              [](auto& o, auto&... g) -> decltype(o.restored(g...)) { return o.restored(g...); });
    attach<T>(event::deleted, observer,
              [](auto& o, auto&... g) -> decltype(o.deleted(g...)) { return o.deleted(g...); });
    attach<T>(event::saved, observer, [](auto& o, auto&... g) -> decltype(o.saved(g...)) { return o.saved(g...); });
    attach<T>(event::loaded, observer, [](auto& o, auto&... g) -> decltype(o.loaded(g...)) { return o.loaded(g...); });
    if (objects_.size() == before) refuse_observer(detail::meta<T>::spec);
    return *this;
  }

  /// The model's own functions of these names: `struct User { …; void saving(); tp::task<void> created(tp::lease&); };`
  template <class T>
  event_registry& observe() {
    static detail::own_functions own;
    return observe<T>(own);
  }

  bool empty() const noexcept { return objects_.empty() && sessions_.empty() && bulk_.empty(); }
  /// Whether anyone is told of objects of this model.
  bool hears_of(const model_info& model) const noexcept;
  bool hears_of(const model_info& model, event what) const noexcept;
  bool hears_of_sessions() const noexcept { return !sessions_.empty(); }
  /// Whether anyone is told of statements about this model.
  bool hears_of_bulk(const model_info& model) const noexcept;
  /// The model of this table, where anyone is told of statements about it.
  const model_info* hears_of_table(std::string_view table) const;
  /// Tells all, in their order. Errors: the handlers'.
  task<void> tell(event what, any_object object, lease& in) const;
  task<void> tell(session_event what, session& of) const;
  task<void> tell(bulk_event what, bulk_write write, lease& in) const;

private:
  struct object_entry {
    const model_spec* model;  ///< null: all
    event when;
    owned<detail::object_handler> handler;
  };
  struct session_entry {
    session_event when;
    owned<detail::session_handler> handler;
  };

  struct bulk_entry {
    const model_spec* model;  ///< null: all
    bulk_event when;
    owned<detail::bulk_handler> handler;
  };

  template <class Handler>
  static Handler&& handler_of(Handler& handler) noexcept {
    return static_cast<Handler&&>(handler);
  }
  template <class T, class Observer, class Call>
  void attach(event when, Observer& observer, Call call) {
    if constexpr (std::is_invocable_v<Call&, Observer&, T&, lease&>) {
      on<T>(when, [&observer, call](T& object, lease& in) { return call(observer, object, in); });
    } else if constexpr (std::is_invocable_v<Call&, Observer&, T&>) {
      on<T>(when, [&observer, call](T& object) { return call(observer, object); });
    }
  }
  template <class Handler>
  event_registry& add_bulk(const model_spec* model, bulk_event when, Handler& handler) {
    constexpr bool fits =
        std::is_invocable_v<Handler&, const bulk_write&> || std::is_invocable_v<Handler&, const bulk_write&, lease&>;
    static_assert(fits,
                  "tupelo: a handler of a bulk event takes a const tp::bulk_write&, and if it wants so a tp::lease&");
    if constexpr (fits) add(model, when, new detail::bulk_handler_of<Handler>(handler_of(handler)));
    return *this;
  }
  void add(const model_spec* model, event when, detail::object_handler* handler);
  void add(const model_spec* model, bulk_event when, detail::bulk_handler* handler);
  void add(session_event when, detail::session_handler* handler);
  [[noreturn]] static void refuse_observer(const model_spec& model);

  std::vector<object_entry> objects_;
  std::vector<session_entry> sessions_;
  std::vector<bulk_entry> bulk_;
};

}  // namespace tupelo
