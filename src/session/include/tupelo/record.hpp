// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/database.hpp"
#include "tupelo/engine/object_verbs.hpp"

#include <cstdint>
#include <optional>
#include <source_location>
#include <type_traits>

namespace tupelo {

namespace detail {

/// How an object becomes its row.
enum class saving : std::uint8_t { insert, update, look };
/// Without a key that the database or Tupelo makes, and without a version, whether the row is there only the database
/// can say.
saving how_to_save(const model_info& info, const void* object);
/// Looks for the row with the object's key, reads it into `row`, an object of the model, and writes it, or inserts it;
/// in a transaction, or a savepoint of the one that is open.
task<void> save_by_key(verb_call call, const model_info& info, void* object, void* row);
[[noreturn]] void throw_row_is_gone(const model_info& info);

}  // namespace detail

/// Gives a model verbs of its own, for those who like them: `struct User : tp::record<User> { … };` has
/// `User::query(db)`, `User::find(db, 7)`, `user.save(db)`, `user.remove(db)`, `user.refresh(db)`. Each takes who runs
/// it, a database, session or lease, and runs at once; a session does not track the object for it. What a session is
/// given to write is in its transaction, which begins with it where none is open.
template <class T>
struct record {
  /// Not bound to a database: run it with `db.bind(User::query()…)`, or use it in another query.
  static select_query<T, T> query() { return tupelo::query<T>(); }
  template <class Source>
  static select_query<T, T> query(Source& source) {
    return source.template query<T>();
  }
  /// The object with this key, if there is one.
  template <class Source, class Key>
  static operation<std::optional<T>> find(Source& source, const Key& key,
                                          std::source_location from = std::source_location::current()) {
    return verbs_of(source).template find<T>(key, from);
  }
  template <class Source, class... Key>
    requires(sizeof...(Key) != 1)
  static operation<std::optional<T>> find(Source& source, const Key&... key) {
    return verbs_of(source).template find<T>(key...);
  }
  /// Errors: not_found.
  template <class Source, class Key>
  static operation<T> get(Source& source, const Key& key, std::source_location from = std::source_location::current()) {
    return verbs_of(source).template get<T>(key, from);
  }
  template <class Source, class... Key>
    requires(sizeof...(Key) != 1)
  static operation<T> get(Source& source, const Key&... key) {
    return verbs_of(source).template get<T>(key...);
  }

  /// Inserts the object where its key is still to be made, else writes its row. Where the program gives the key, it is
  /// an update where the object has a version that is not 0, and else whatever the row's being there says; a row that
  /// is there keeps its mark of deletion, and the time when it was made where the object has none. Errors: as insert
  /// and update, so stale_row for a version that is not that of the row, 0 included. Before: the object outlives the
  /// task.
  template <class Source>
  task<void> save(Source& source, std::source_location from = std::source_location::current()) {
    T& object = self();
    if constexpr (is_unit_of_work<Source>) co_await source.begin_unit();
    switch (detail::how_to_save(info_of<T>(), &object)) {
      case detail::saving::insert: co_await verbs_of(source).insert(object, from); break;
      case detail::saving::update: co_await verbs_of(source).update(object, from); break;
      case detail::saving::look: {
        T row{};
        co_await detail::save_by_key({&source, from}, info_of<T>(), &object, &row);
        break;
      }
    }
  }
  /// Deletes the row, or marks it, and the object, where the model says soft_delete. Errors: as erase. Before: the
  /// object outlives the operation.
  template <class Source>
  operation<void> remove(Source& source, std::source_location from = std::source_location::current()) {
    operation<void> marks = verbs_of(source).erase(self(), from);
    marks.note_mark();
    if constexpr (is_unit_of_work<Source>) marks.begin_unit();
    return marks;
  }
  /// Reads the row again. Errors: not_found. Before: the object outlives the task.
  template <class Source>
  task<void> refresh(Source& source) {
    const model_info& info = require_table(info_of<T>());
    bool found = co_await detail::read_again(source, info, &self());
    if (!found) detail::throw_row_is_gone(info);
  }

  friend bool operator==(const record&, const record&) = default;

private:
  template <class Source>
  static constexpr bool is_unit_of_work = std::is_same_v<Source, session>;

  T& self() noexcept { return static_cast<T&>(*this); }
  /// A session's verbs of these names track objects.
  template <class Source>
  static query_verbs<Source>& verbs_of(Source& source) noexcept {
    return source;
  }
};

}  // namespace tupelo
