// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/reflect.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tupelo {

enum class relation_kind : std::uint8_t { none, has_many, has_one, belongs_to, many_to_many };

namespace detail {

/// The loaded rows of a relation, shared by the copies of the object that holds it.
struct loaded_rows {
  std::uint32_t owners = 1;
  std::size_t count = 0;
  void* rows = nullptr;
  void (*destroy)(loaded_rows*) = nullptr;
};
void retain(loaded_rows* rows) noexcept;
void drop(loaded_rows* rows) noexcept;
[[noreturn]] void throw_relation_not_loaded(relation_kind kind, const char* type_text);

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
  friend const loaded_rows* loaded_rows_of(const void* relation) noexcept;
  loaded_rows* rows_ = nullptr;
};

/// The relation field at this address is loaded with these rows from now on, of which it takes a share.
void assign_rows(void* relation, loaded_rows* rows) noexcept;
/// What the relation field at this address is loaded with; null where nothing has loaded it.
const loaded_rows* loaded_rows_of(const void* relation) noexcept;

/// A relation field with its type. `T` may be incomplete.
template <class T, relation_kind Kind>
class relation_field : public relation_slot {
public:
  using related_model = T;
  static constexpr relation_kind relation = Kind;

protected:
  T* rows() const {
    if (!rows_) throw_relation_not_loaded(Kind, reflect::type_text<T>());
    return static_cast<T*>(rows_->rows);
  }
  std::size_t count() const {
    rows();
    return rows_->count;
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
  T& operator[](std::size_t i) const { return this->rows()[i]; }
};

template <class T, relation_kind Kind>
class reference_field : public relation_field<T, Kind> {
public:
  /// The related object, or null when there is none. Errors: relation_not_loaded until a query has loaded it.
  T* get() const {
    T* first = this->rows();
    return this->count() ? first : nullptr;
  }
  T& operator*() const { return *get(); }
  T* operator->() const { return get(); }
};

}  // namespace detail

/// The objects of `T` whose foreign key names this one. Never loaded behind the user's back.
template <class T>
class has_many : public detail::collection_field<T, relation_kind::has_many> {};
/// The one object of `T` whose foreign key names this one, if any.
template <class T>
class has_one : public detail::reference_field<T, relation_kind::has_one> {};
/// The object of `T` that this one's foreign key names.
template <class T>
class belongs_to : public detail::reference_field<T, relation_kind::belongs_to> {};
/// The objects of `T` that a join table connects with this one.
template <class T>
class many_to_many : public detail::collection_field<T, relation_kind::many_to_many> {};

}  // namespace tupelo
