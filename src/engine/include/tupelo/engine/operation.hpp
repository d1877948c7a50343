// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/core/sync_wait.hpp"
#include "tupelo/core/task.hpp"

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <source_location>
#include <string_view>
#include <vector>

namespace tupelo {

namespace detail {

/// What the result of a statement means.
enum class outcome : std::uint8_t {
  rows,                       ///< decoded into the result
  exactly_one,                ///< one row decoded into the result; else not_found or too_many_rows
  found,                      ///< one row by key; else not_found
  affected,                   ///< the result is the number of rows written
  written,                    ///< nothing but success
  object_inserted,            ///< the statement is an insert of the object; its generated key goes into it
  object_updated,             ///< an update of exactly the object's row; else stale_row or not_found
  object_erased,              ///< the same for its removal
  object_erased_permanently,  ///< the same, where rows are marked too
  object_restored,            ///< the same for the end of its mark
};

/// The part of an operation that does not depend on its result's type.
class operation_core {
public:
  operation_core(query_source* source, query_core&& core, outcome means) noexcept
      : source_(source), run_(static_cast<query_core&&>(core)), means_(means) {}
  /// `add`: as use_sink, `from`: as called_from.
  operation_core(query_source* source, const query_core& core, outcome means, void* (*add)(void*) = nullptr,
                 std::source_location from = {}) noexcept
      : source_(source), run_(core), means_(means) {
    run_.sink.add = add;
    run_.from = from;
  }
  /// A SELECT of one row, whose condition is still to be added: see `core`.
  operation_core(query_source* source, const model_spec& spec, outcome means, void* (*add)(void*),
                 std::source_location from) noexcept
      : source_(source), run_(op::select_from, spec), means_(means) {
    run_.sink.add = add;
    run_.fetch = 1;
    run_.from = from;
  }
  /// A statement that writes `object` (or, where that is null, the operation's result) and is made when it runs.
  operation_core(query_source* source, void* object, const model_spec& spec, outcome means,
                 std::source_location from = {}) noexcept
      : source_(source), object_(object), spec_(&spec), means_(means) {
    run_.from = from;
  }
  operation_core(operation_core&&) = default;
  operation_core& operator=(operation_core&&) = delete;

  query_core& core() noexcept { return run_.core; }
  void use_sink(void* (*add)(void*)) noexcept { run_.sink.add = add; }
  /// No more rows than these are wanted, whatever the query says.
  void limit_rows(std::uint32_t rows) noexcept;
  /// Reading stops after this many rows; the query is left as it is.
  void fetch_rows(std::uint32_t rows) noexcept { run_.fetch = rows; }
  /// Where the row is marked as deleted, the object is so then.
  void note_mark() noexcept { notes_mark_ = true; }
  /// The statement is in the transaction of its session, which begins with it where none is open.
  void begin_unit() noexcept { begins_unit_ = true; }
  bool begins_unit() const noexcept { return begins_unit_; }
  /// Which call in the program it is.
  void called_from(std::source_location from) noexcept { run_.from = from; }

  // ---- what a pipeline does in the place of `co_await`

  /// Makes the statement. Errors: query_error for an operation that was built from something else than `runner`.
  statement_run& prepare_for(query_source& runner);
  bool writes() const noexcept;
  /// Whether it may fail though the database has done what it said.
  bool has_verdict() const noexcept;
  /// Errors: what the result means, where that is a failure.
  void judge() const;
  /// Finishes the object, once the result is known to stay.
  void settle();
  /// The object is as if it had not been written.
  void unsettle() noexcept;

protected:
  /// The relations to be loaded with what is read. Errors: query_error where no objects are.
  load_list& loads();
  /// Runs now if that needs no waiting.
  bool start(const task_context& context) noexcept;
  /// Begins the waiting way; `awaiting` is resumed at its end.
  std::coroutine_handle<> start_waiting(const task_context& context, std::coroutine_handle<> awaiting);
  void run_blocking();
  /// All of it on this thread, with this as the place of the result.
  void run_into(void* result);
  /// Throws what went wrong, finishes the object.
  void finish();
  std::int64_t affected() const noexcept { return run_.affected; }

  query_source* source_;
  statement_run run_;
  void* object_ = nullptr;
  const model_spec* spec_ = nullptr;

private:
  task<void> wait();
  void prepare();
  bool leaves_key() const noexcept;  ///< of an insert: to the database
  bool marks_object() const;         ///< see note_mark
  /// Whether more is to be done than the statement, which writes: somebody is told, rows of other tables change.
  bool takes_more() const;
  void refuse_in_pipeline() const;
  /// Does all of it, in a transaction.
  task<void> run_more();
  task<void> write_object();
  task<void> write_in_bulk();

  std::exception_ptr failure_;
  task<void> waiting_;
  outcome means_;
  bool takes_more_ = false;
  bool settled_ = false;
  bool notes_mark_ = false;
  bool begins_unit_ = false;
  std::int64_t now_ = 0;  ///< with which the statement marks rows
};

// Where rows go: into the result itself, an optional, a vector.
inline void* add_only_row(void* result) noexcept { return result; }
template <class T>
struct optional_sink {
  static void* add(void* result) { return __builtin_addressof(static_cast<std::optional<T>*>(result)->emplace()); }
};
template <class T>
struct vector_sink {
  static void* add(void* rows) { return __builtin_addressof(static_cast<T*>(rows)->emplace_back()); }
};

/// A row of type bool: std::vector<bool> has bits and no rows to decode into.
struct bool_row {
  bool value = false;
  operator bool() const noexcept { return value; }
};
template <class T>
struct stored {
  using type = T;
};
template <>
struct stored<std::vector<bool>> {
  using type = std::vector<bool_row>;
};

template <class Model>
struct relation_path;
/// Of which model the result consists; `is_filled`: it begins empty and rows are put into it.
template <class Result>
struct object_read {
  using type = Result;
  static constexpr bool is_filled = false;
};
template <class Object>
struct object_read<std::optional<Object>> {
  using type = Object;
  static constexpr bool is_filled = true;
};
template <class Object>
struct object_read<std::vector<Object>> {
  using type = Object;
  static constexpr bool is_filled = true;
};
template <>
struct object_read<std::vector<bool>> {
  using type = bool;
  static constexpr bool is_filled = false;
};

}  // namespace detail

/// A statement that runs when it is awaited: `co_await db.get<User>(1)`, or `tp::sync_wait(db.get<User>(1))`.
///
/// Owns everything it needs; await it once.
/// Cancel: the running statement is interrupted and the operation ends with `cancelled`.
template <class T>
class [[nodiscard]] operation : public detail::operation_core {
public:
  using value_type = T;
  using operation_core::operation_core;

  /// The result itself is the object that is written.
  void use_result_as_object(T&& object) {
    result_ = static_cast<T&&>(object);
    object_is_result_ = true;
  }

  /// Loads the relation with the object that is read, or with all of them, as `with` does in a query: `co_await
  /// db.get<User>(1).with(&User::posts, &Post::comments)`. Errors: query_error for what reads no objects: a write, or
  /// SQL of your own.
  template <class... Path>
  operation&& with(const Path&... path) && {
    detail::relation_path<typename detail::object_read<T>::type>::load(loads(), path...);
    return static_cast<operation&&>(*this);
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    bind();
    const task_context& context = context_of(awaiting.promise());
    return start(context) ? awaiting : start_waiting(context, awaiting);
  }
  T await_resume() {
    finish();
    return take();
  }
  /// The result, where a pipeline has finished the operation.
  T take() {
    if constexpr (std::is_same_v<T, std::int64_t>) {
      if (!run_.sink.add) return affected();
    }
    if constexpr (std::is_same_v<T, std::vector<bool>>) {
      return T(result_.begin(), result_.end());
    } else {
      return static_cast<T&&>(result_);
    }
  }

  /// For functions that return a task: `tp::task<std::vector<User>> all() { return db.query<User>().all(); }`
  operator task<T>() && { return as_task(static_cast<operation&&>(*this)); }

  /// What sync_wait does.
  T wait_here() {
    if constexpr (detail::object_read<T>::is_filled) {
      T result;  // the caller's own: what moves one need not be compiled
      run_into(__builtin_addressof(result));
      return result;
    } else {
      bind();
      run_blocking();
      return await_resume();
    }
  }

  /// Where the result goes: into this object, which stays where it is from here on.
  void bind() noexcept {
    run_.sink.rows = __builtin_addressof(result_);
    if (object_is_result_) object_ = __builtin_addressof(result_);
  }

private:
  static task<T> as_task(operation op) { co_return co_await static_cast<operation&&>(op); }

  typename detail::stored<T>::type result_{};
  bool object_is_result_ = false;
};

template <>
class [[nodiscard]] operation<void> : public detail::operation_core {
public:
  using value_type = void;
  using operation_core::operation_core;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    const task_context& context = context_of(awaiting.promise());
    return start(context) ? awaiting : start_waiting(context, awaiting);
  }
  void await_resume() { finish(); }
  void take() noexcept {}
  void bind() noexcept {}

  operator task<void>() && { return as_task(static_cast<operation&&>(*this)); }

  void wait_here() {
    run_blocking();
    finish();
  }

private:
  static task<void> as_task(operation op) { co_await static_cast<operation&&>(op); }
};

/// As with_deadline and with_cancellation of tasks, for a statement.
template <class T>
[[nodiscard]] task<T> with_deadline(operation<T> narrowed, deadline until) {
  return with_deadline(task<T>(static_cast<operation<T>&&>(narrowed)), until);
}
template <class T>
[[nodiscard]] task<T> with_cancellation(operation<T> narrowed, cancel_token token) {
  return with_cancellation(task<T>(static_cast<operation<T>&&>(narrowed)), static_cast<cancel_token&&>(token));
}

/// Runs a statement to its end on this thread, for programs without an event loop. No coroutine is made for it.
template <class T>
T sync_wait(operation<T> waited) {
  return waited.wait_here();
}

}  // namespace tupelo
