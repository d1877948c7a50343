// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/session.hpp"
#include "tupelo/model/patch.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tupelo {

/// The rows of one model as a service sees them, over a session: what is written is in the session's transaction, which
/// begins with it where none is open, and there for good when that is committed. Derive from it for the questions that
/// your domain asks.
///
/// What narrows a verb is a condition, or a function of the query: `users.count(tp::col<&User::age> > 18)`,
/// `users.get_multi(0, 20, [](auto& q) { q.order_by(…); })`.
/// Threads: as its session. It must not outlive it.
template <class T>
class repository {
public:
  using model_type = T;
  struct everything {};  ///< what nothing narrows

  explicit repository(tupelo::session& of) noexcept : session_(&of) {}

  tupelo::session& session() const noexcept { return *session_; }
  select_query<T, T> query() const { return session_->template query<T>(); }

  // ---- one object, tracked by the session

  /// Errors: not_found.
  template <class Key>
  task<ref<T>> get(Key key, std::source_location from = std::source_location::current()) const {
    return session_->template get<T>(key, from);
  }
  /// The same, the row being locked until the transaction ends; also behind a key of several parts.
  template <class Key>
  task<ref<T>> get(Key key, row_lock lock, std::source_location from = std::source_location::current()) const {
    return session_->template get<T>(key, lock, from);
  }
  template <class... Key>
    requires(sizeof...(Key) != 1)
  task<ref<T>> get(Key... key) const {
    return session_->template get<T>(key...);
  }
  /// Empty where there is none.
  template <class Key>
  task<ref<T>> find(Key key, std::source_location from = std::source_location::current()) const {
    return session_->template find<T>(key, from);
  }
  template <class Key>
  task<ref<T>> find(Key key, row_lock lock, std::source_location from = std::source_location::current()) const {
    return session_->template find<T>(key, lock, from);
  }
  template <class... Key>
    requires(sizeof...(Key) != 1)
  task<ref<T>> find(Key... key) const {
    return session_->template find<T>(key...);
  }
  /// Inserts it; its key is set. Errors: those of the insert; the object is then not in the session.
  task<ref<T>> create(T object) const {
    ref<T> added = session_->add(static_cast<T&&>(object));
    bool created = false;
    const forget_unless guard{session_, &added, &created};
    co_await session_->flush();
    created = true;
    co_return added;
  }
  task<ref<T>> create(const patch<T>& given) const { return create(given.make()); }
  /// Gives the object of this key the values of the patch. Errors: not_found; those of the update, also stale_row: the
  /// object then has the values of its row back, and is read again by the next get(). One whose row went with the
  /// transaction is to be inserted again, without the patch.
  template <class Key>
  task<ref<T>> update(Key key, patch<T> changes, std::source_location from = std::source_location::current()) const {
    ref<T> object = co_await session_->template get<T>(key, from);
    co_await change(object, changes);
    co_return object;
  }
  /// The same with a key of several parts, in their order: `scores.update(game, player, patch)`.
  template <class... KeyAndChanges>
    requires(sizeof...(KeyAndChanges) > 2 &&
             std::is_same_v<std::tuple_element_t<sizeof...(KeyAndChanges) - 1, std::tuple<KeyAndChanges...>>, patch<T>>)
  task<ref<T>> update(KeyAndChanges... given) const {
    ref<T> object = co_await by_first(std::make_index_sequence<sizeof...(given) - 1>(), given...);
    co_await change(object, detail::last_of(given...));
    co_return object;
  }
  /// Removes it, or marks it where the model says soft_delete. Errors: not_found; those of the removal: the object is
  /// then removed no more.
  template <class Key>
  task<void> remove(Key key, std::source_location from = std::source_location::current()) const {
    co_await take_out(co_await session_->template get<T>(key, from));
  }
  template <class... Key>
    requires(sizeof...(Key) != 1)
  task<void> remove(Key... key) const {
    co_await take_out(co_await session_->template get<T>(key...));
  }

  // ---- many, as plain values

  // What narrows is a condition or a function that is given the query, up to four of them: more are joined with `&&`.

  /// Up to `limit` objects behind the first `skip`, in the order that is said there and else in that of their keys.
  template <class A = everything, class B = everything, class C = everything, class D = everything>
  task<std::vector<T>> get_multi(std::int64_t skip, std::int64_t limit, const A& a = {}, const B& b = {},
                                 const C& c = {}, const D& d = {},
                                 std::source_location from = std::source_location::current()) const {
    query_core core = narrowed(a, b, c, d).core();
    detail::order_by_key(core);
    core.offset(skip);
    core.limit(limit);
    return run(select_query<T, T>(static_cast<query_core&&>(core), session_).all(from));
  }
  /// A page, numbered from 1, with the total.
  template <class A = everything, class B = everything, class C = everything, class D = everything>
  auto page(std::int64_t number, std::int64_t size, const A& a = {}, const B& b = {}, const C& c = {}, const D& d = {},
            std::source_location from = std::source_location::current()) const {
    return narrowed(a, b, c, d).page(number, size, from);
  }
  template <class A = everything, class B = everything, class C = everything, class D = everything>
  auto count(const A& a = {}, const B& b = {}, const C& c = {}, const D& d = {},
             std::source_location from = std::source_location::current()) const {
    return narrowed(a, b, c, d).count(from);
  }
  template <class A = everything, class B = everything, class C = everything, class D = everything>
  auto exists(const A& a = {}, const B& b = {}, const C& c = {}, const D& d = {},
              std::source_location from = std::source_location::current()) const {
    return narrowed(a, b, c, d).exists(from);
  }

  /// Inserts all with as few statements as possible; their keys are set. All or none. They are not tracked.
  task<std::vector<T>> bulk_create(std::vector<T> objects,
                                   std::source_location from = std::source_location::current()) const {
    if (!objects.empty()) co_await session_->begin_unit();
    co_await session_->insert(objects, from);
    co_return objects;
  }
  /// The number of rows that got the patch's values, in one statement. Objects that the session tracks do not see it:
  /// refresh() them.
  operation<std::int64_t> bulk_update(const condition<T>& which, const patch<T>& changes,
                                      std::source_location from = std::source_location::current()) const {
    operation<std::int64_t> written = session_->template update<T>().set(changes).where(which).run(from);
    written.begin_unit();
    return written;
  }
  /// The number of rows that were removed, or marked, in one statement.
  operation<std::int64_t> bulk_remove(const condition<T>& which,
                                      std::source_location from = std::source_location::current()) const {
    operation<std::int64_t> written = session_->template erase<T>().where(which).run(from);
    written.begin_unit();
    return written;
  }

private:
  struct forget_unless {
    tupelo::session* of;
    ref<T>* object;
    bool* created;
    ~forget_unless() {
      if (!*created && of->is_dirty(*object)) of->expunge(*object);
    }
  };

  template <std::size_t... Part, class... Given>
  task<ref<T>> by_first(std::index_sequence<Part...>, const Given&... given) const {
    const auto all = std::tie(given...);
    return session_->template get<T>(std::get<Part>(all)...);
  }
  /// What a flush fails with; null: it has not.
  task<std::exception_ptr> try_flush() const {
    std::exception_ptr failure;
    try {
      co_await session_->flush();
    } catch (...) {
      failure = std::current_exception();
    }
    co_return failure;
  }
  task<void> change(ref<T> object, const patch<T>& changes) const {
    // Which the program has made itself, or an update that is not committed yet.
    const bool has_others = session_->is_dirty(object) || session_->is_flushed(object.tracked());
    T before{};
    detail::copy_fields(info_of<T>(), &*object, &before, changes.core().given());
    changes.apply_to(*object);
    const std::exception_ptr failure = co_await try_flush();
    if (!failure) co_return;
    const detail::object_state state = object.tracked()->state;
    if (has_others || state == detail::object_state::added) {
      detail::copy_fields(info_of<T>(), &before, &*object, changes.core().given());
    } else if (state == detail::object_state::persistent) {
      session_->expire(object);
    }
    std::rethrow_exception(failure);
  }
  task<void> take_out(ref<T> object) const {
    session_->remove(object);
    const std::exception_ptr failure = co_await try_flush();
    if (!failure) co_return;
    if (object.tracked()->state == detail::object_state::removed) session_->restore(object);
    std::rethrow_exception(failure);
  }

  template <class... Narrow>
  select_query<T, T> narrowed(const Narrow&... narrow) const {
    select_query<T, T> made = query();
    const auto add = [&made](const auto& by) {
      if constexpr (std::invocable<decltype(by), select_query<T, T>&>) {
        by(made);
      } else if constexpr (!std::is_same_v<decltype(by), const everything&>) {
        made.where(by);
      }
    };
    (add(narrow), ...);
    return made;
  }
  static task<std::vector<T>> run(operation<std::vector<T>> operation) { co_return co_await std::move(operation); }

  tupelo::session* session_;
};

}  // namespace tupelo
