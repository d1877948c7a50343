// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/reflect.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <string_view>
#include <type_traits>

namespace tupelo {

struct model_spec;
struct row_ops;

enum class relation_kind : std::uint8_t { none, has_many, has_one, belongs_to, many_to_many, belongs_to_any };

namespace detail {

template <class T>
struct meta;

/// Where the rows of a relation field come from.
enum class rows_origin : std::uint8_t {
  loaded,   ///< a query
  held,     ///< the program, as values: held_rows
  tracked,  ///< the program, as an object of a session
  nothing,  ///< the program: there is none
};

/// The rows of a relation, shared by the copies of the object that holds it.
struct loaded_rows {
  std::uint32_t owners = 1;
  rows_origin origin = rows_origin::loaded;
  std::size_t count = 0;
  void* rows = nullptr;
  void (*destroy)(loaded_rows*) = nullptr;
  void* joined = nullptr;  ///< the row of the join table with which each of them came, side by side; null: not read
};
void retain(loaded_rows* rows) noexcept;
void drop(loaded_rows* rows) noexcept;
/// What a reference holds that was said to refer to nothing. Nobody ends it.
loaded_rows* no_rows() noexcept;

template <class T>
struct rows_of;
struct held_rows;
using row_copy = void (*)(void* to, const void* from, std::size_t count);
[[noreturn]] void throw_relation_not_loaded(relation_kind kind, const type_key& related);
[[noreturn]] void throw_join_rows_not_loaded(const char* type_text);
[[noreturn]] void throw_beyond_related(relation_kind kind, const char* type_text);
[[noreturn]] void throw_no_related(relation_kind kind, const type_key& related);

/// What every relation field consists of: one pointer, null until a query loads it.
class relation_slot {
public:
  relation_slot() noexcept = default;
  relation_slot(const relation_slot& other) noexcept : rows_(other.rows_) { retain(rows_); }
  relation_slot(relation_slot&& other) noexcept : rows_(other.rows_) { other.rows_ = nullptr; }
  relation_slot& operator=(relation_slot other) noexcept {
    loaded_rows* mine = rows_;
    rows_ = other.rows_;
    other.rows_ = mine;
    return *this;
  }
  ~relation_slot() {
    if (rows_) drop(rows_);
  }

  bool loaded() const noexcept { return rows_ != nullptr; }
  /// Back to "not loaded".
  void reset() noexcept {
    drop(rows_);
    rows_ = nullptr;
  }

protected:
  friend void assign_rows(void* relation, loaded_rows* rows) noexcept;
  friend loaded_rows* loaded_rows_of(const void* relation) noexcept;

  /// Memory for one more row of the program's, behind those that are there. What a query has loaded is moved there by
  /// `copy` first: others may share it.
  void* add_place(const row_ops& ops, row_copy copy);
  /// Takes this row, one of those that are there, out. Errors: query_error for another one.
  void take_out(const void* row, const row_ops& ops, row_copy copy);

  loaded_rows* rows_ = nullptr;

private:
  /// The program's own rows, made of those that are there where there were none.
  held_rows& own_rows(const row_ops& ops, row_copy copy, std::size_t more);
};

/// The relation field at this address is loaded with these rows from now on, of which it takes a share.
void assign_rows(void* relation, loaded_rows* rows) noexcept;
/// What the relation field at this address is loaded with; null where nothing has loaded it.
loaded_rows* loaded_rows_of(const void* relation) noexcept;

/// A handle to an object of a session.
template <class Handle>
concept object_handle = requires(const Handle& handle) {
  typename Handle::object_type;
  handle.related_rows();
};

/// Stands for the models to one of which an object belongs; never defined.
template <class... Models>
struct one_of;

/// A relation whose rows are of one of several models.
class any_slot : public relation_slot {
protected:
  friend void assign_rows_of(void* relation, loaded_rows* rows, const model_spec& model) noexcept;
  friend const model_spec* model_of_rows(const void* relation) noexcept;
  const model_spec* model_ = nullptr;  ///< that of the rows
};
/// The same for a tp::belongs_to_any field, whose rows are of this model.
void assign_rows_of(void* relation, loaded_rows* rows, const model_spec& model) noexcept;
/// Before: the tp::belongs_to_any field here is loaded.
const model_spec* model_of_rows(const void* relation) noexcept;

/// A relation field with its type. `T` may be incomplete.
template <class T, relation_kind Kind>
class relation_field : public relation_slot {
public:
  using related_model = T;
  static constexpr relation_kind relation = Kind;

protected:
  T* rows() const {
    if (!rows_) throw_relation_not_loaded(Kind, type_key_of<T>);
    return static_cast<T*>(rows_->rows);
  }
  std::size_t count() const {
    rows();
    return rows_->count;
  }

  /// Before: it is loaded.
  void check_place(std::size_t i) const {
    if (i >= rows_->count) [[unlikely]]
      throw_beyond_related(Kind, reflect::type_text<T>());
  }

  void add_row(T&& row) {
    void* const place = this->add_place(rows_of<T>::ops, &copy_rows);
    ::new (place) T(static_cast<T&&>(row));
  }
  void take_out_row(const T& row) { this->take_out(__builtin_addressof(row), rows_of<T>::ops, &copy_rows); }
  template <class Handle>
  void refer_to(const Handle& object) {
    static_assert(std::is_same_v<typename Handle::object_type, T>,
                  "tupelo: a relation refers to objects of the model that it names; this tp::ref is to another model");
    if constexpr (std::is_same_v<typename Handle::object_type, T>) assign_rows(this, object.related_rows());
  }

private:
  static void copy_rows(void* to, const void* from, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ::new (static_cast<T*>(to) + i) T(static_cast<const T*>(from)[i]);
  }
};

template <class T, relation_kind Kind>
class collection_field : public relation_field<T, Kind> {
public:
  /// Errors: relation_not_loaded until a query has loaded it, for each of these.
  T* begin() const { return this->rows(); }
  T* end() const { return this->rows() + this->count(); }
  std::size_t size() const { return this->count(); }
  bool empty() const { return this->count() == 0; }
  /// Errors: std::out_of_range too. What lies behind the last object may be another owner's.
  T& operator[](std::size_t i) const {
    T* const first = this->rows();
    this->check_place(i);
    return first[i];
  }
};

template <class T, relation_kind Kind>
class reference_field : public relation_field<T, Kind> {
public:
  /// The related object, or null when there is none. Errors: relation_not_loaded until a query has loaded it.
  T* get() const {
    T* first = this->rows();
    return this->count() ? first : nullptr;
  }
  /// Errors: relation_not_loaded; std::out_of_range where there is none.
  T& operator*() const { return *operator->(); }
  T* operator->() const {
    T* const object = get();
    if (object == nullptr) [[unlikely]]
      throw_no_related(Kind, type_key_of<T>);
    return object;
  }
};

}  // namespace detail

/// The objects of `T` whose foreign key names this one. Never loaded behind the user's back.
template <class T>
class has_many : public detail::collection_field<T, relation_kind::has_many> {
public:
  has_many() noexcept = default;
  /// New objects: the flush of a session that inserts or tracks the one that holds them inserts them, with its key.
  has_many(std::initializer_list<T> objects) {
    for (const T& object : objects) add(T(object));
  }
  /// One more new object, behind those that are loaded; where nothing is, it stands alone until the relation is loaded.
  /// References to the others end. Copies of the object share it.
  void add(T object) { this->add_row(static_cast<T&&>(object)); }
  /// Takes one of the relation's objects out: `user->posts.remove(user->posts[0])`. The flush of a session that tracks
  /// the one that holds it sets its foreign key to NULL, or removes it where the relation says delete_orphans().
  /// References to the others end. Copies of the object share it. Errors: relation_not_loaded; query_error for an
  /// object that is none of the relation's.
  void remove(const T& object) {
    this->rows();
    this->take_out_row(object);
  }
};
/// The one object of `T` whose foreign key names this one, if any.
template <class T>
class has_one : public detail::reference_field<T, relation_kind::has_one> {
public:
  has_one() noexcept = default;
  /// A new object, as of has_many.
  has_one(const T& object) { this->add_row(T(object)); }
  /// An object of a session, whose foreign key names this one from the next flush on.
  template <detail::object_handle Handle>
  has_one(const Handle& object) {
    this->refer_to(object);
  }
  /// Takes the object out, as of has_many; nothing where there is none.
  void remove() {
    if (const T* const object = this->get()) this->take_out_row(*object);
  }
};
/// The object of `T` that this one's foreign key names.
template <class T>
class belongs_to : public detail::reference_field<T, relation_kind::belongs_to> {
public:
  belongs_to() noexcept = default;
  /// An object of a session: the next flush writes its key into this one's foreign key. An empty ref: NULL.
  template <detail::object_handle Handle>
  belongs_to(const Handle& object) {
    this->refer_to(object);
  }
};
/// The objects of `T` that a join table connects with this one. `Pivot`: the join table's model, where what else its
/// rows hold is to be read with them.
template <class T, class Pivot = void>
class many_to_many : public detail::collection_field<T, relation_kind::many_to_many> {
public:
  using pivot_model = Pivot;

  many_to_many() noexcept = default;
  /// New objects, as of has_many; the flush connects them too.
  many_to_many(std::initializer_list<T> objects) {
    for (const T& object : objects) add(T(object));
  }
  /// One more new object, as of has_many: the flush inserts it and connects it with the one that holds it.
  void add(T object) { this->add_row(static_cast<T&&>(object)); }
  /// An object of a session, which the flush connects. The row here is a copy of it. An empty ref adds nothing.
  template <detail::object_handle Handle>
  void add(const Handle& object) {
    static_assert(std::is_same_v<typename Handle::object_type, T>,
                  "tupelo: a relation refers to objects of the model that it names; this tp::ref is to another model");
    if constexpr (std::is_same_v<typename Handle::object_type, T>) {
      if (!object) return;
      this->add_row(T(*object));
      object.note_copy_in(this);
    }
  }
  /// Takes one of the relation's objects out, as of has_many: the flush parts it from the one that holds it; its row
  /// stays in the database.
  void remove(const T& object) {
    this->rows();
    this->take_out_row(object);
  }
  /// The same of all objects for which the function says so; gives their number.
  template <class Predicate>
  std::size_t remove_if(const Predicate& predicate) {
    std::size_t removed = 0;
    for (std::size_t i = this->size(); i-- != 0;) {
      const T& object = (*this)[i];
      if (!predicate(object)) continue;
      remove(object);
      ++removed;
    }
    return removed;
  }

  /// The row of the join table that connects the object at this place, as it was read:
  /// `article.tags.pivot(0).added_by`. Changes to it are written by the verbs of its own model. Errors:
  /// relation_not_loaded, also where the program has added or taken out objects since; std::out_of_range.
  template <class P = Pivot>
  decltype(auto) pivot(std::size_t i) const {
    static_assert(!std::is_void_v<P>,
                  "tupelo: pivot() of a tp::many_to_many that does not name the join table's model: "
                  "tp::many_to_many<Tag, ArticleTag>");
    if constexpr (!std::is_void_v<P>) {
      this->rows();
      if (!this->rows_->joined) detail::throw_join_rows_not_loaded(reflect::type_text<P>());
      this->check_place(i);
      return static_cast<const P*>(this->rows_->joined)[i];
    }
  }
};

/// The object of one of `Models` that this one's type and key name: of which model it is, each row says.
template <class... Models>
class belongs_to_any : public detail::any_slot {
  template <class T>
  static constexpr bool names = (std::is_same_v<T, Models> || ...);

public:
  using related_model = detail::one_of<Models...>;
  static constexpr relation_kind relation = relation_kind::belongs_to_any;

  belongs_to_any() noexcept = default;
  /// An object of a session, of one of these models: the next flush writes its type and its key. An empty ref: NULL.
  template <detail::object_handle Handle>
  belongs_to_any(const Handle& object) {
    static_assert(names<typename Handle::object_type>,
                  "tupelo: tp::belongs_to_any: this tp::ref is to a model that is none of those that the field names");
    if constexpr (names<typename Handle::object_type>)
      detail::assign_rows_of(this, object.related_rows(), detail::meta<typename Handle::object_type>::spec);
  }

  /// The related object where it is a `T`, else null. Errors: relation_not_loaded until a query has loaded it, here and
  /// below.
  template <class T>
  T* get() const {
    static_assert(names<T>, "tupelo: tp::belongs_to_any: this model is none of those that the field names");
    return has_object() && is_of<T>(*model_) ? static_cast<T*>(rows_->rows) : nullptr;
  }
  template <class T>
  bool holds() const {
    return get<T>() != nullptr;
  }
  /// There is no related object, or it is of a model that the field does not name.
  bool empty() const { return !has_object(); }
  /// Calls the function with the related object, whichever model's it is. False: there is none.
  template <class Visitor>
  bool visit(const Visitor& visitor) const {
    return (visit_as<Models>(visitor) || ...);
  }

private:
  bool has_object() const {
    if (!rows_) detail::throw_relation_not_loaded(relation, detail::type_key_of<related_model>);
    return rows_->count != 0;
  }
  template <class T, class Spec>
  static bool is_of(const Spec& model) {
    return id_of(model) == id_of(detail::meta<T>::spec);
  }
  template <class T, class Visitor>
  bool visit_as(const Visitor& visitor) const {
    T* const object = get<T>();
    if (object) visitor(*object);
    return object != nullptr;
  }
};

}  // namespace tupelo
