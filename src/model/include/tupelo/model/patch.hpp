// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/model/value_fit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace tupelo {

namespace detail {

/// A field whose value the database or Tupelo makes: a generated key, a version, a time of creation or update, a mark
/// of deletion.
inline bool is_own(const field_info& field) noexcept {
  constexpr unsigned own =
      field_generated | field_client_uuid | field_version | field_created_at | field_updated_at | field_deleted_at;
  return (field.flags & own) != 0;
}

/// What of a patch does not depend on its model.
class patch_core {
public:
  explicit patch_core(const model_spec& spec) noexcept : spec_(&spec) {}

  const model_spec& spec() const noexcept { return *spec_; }
  const given_fields& given() const noexcept { return given_; }
  bool has(const field_ref& field) const { return given_.has(position(field)); }
  void add(const field_ref& field) { given_.add(position(field)); }
  void remove(const field_ref& field) { given_.remove(position(field)); }
  /// Errors: query_error (field_not_given) naming the field.
  void require(const field_ref& field) const;
  /// A violation for each given field that is not for requests to set: see is_own().
  void refuse_own(violations& found) const;

private:
  friend class rule_book;
  template <class T>
  friend class tupelo::patch;
  /// Errors: model_error for a field of another model, and for a relation.
  std::size_t position(const field_ref& field) const;

  const model_spec* spec_;
  given_fields given_;
};

}  // namespace detail

namespace detail {

/// The field that a patch is given; the compiler's messages name its type by it.
template <class Field>
struct patched {
  static constexpr bool is_of_the_model = false;
  static constexpr bool may_be_null = field_is_optional<Field>();
  static constexpr bool is_one_value = detail::is_one_value<Field>;
  /// What is no column is refused by the field's name instead.
  static constexpr bool is_column = is_one_value && (!relation_like<Field> || has_field_traits<Field>);
  template <class Value>
  static constexpr bool holds_null_of = may_be_null || !field_is_optional<std::remove_cvref_t<Value>>();
  /// C++ alone would assign what the field does not hold: a fraction to an integer, a number to a text.
  template <class Value>
  static consteval bool takes() {
    if constexpr (!holds_null_of<Value>) {
      return !is_column || fits<Field, std::remove_cvref_t<Value>>();
    } else {
      return std::is_assignable_v<Field&, Value&&> && (!is_column || fits<Field, std::remove_cvref_t<Value>>());
    }
  }
};

/// Gives the field of the object at `values` the value. Errors: value_error (value_out_of_range) for a number that the
/// field does not hold; model_error as of patch_core::add().
template <class Field, class Value>
void set_in_patch(patch_core& core, const field_ref& named, void* values, Value&& value) {
  using given = std::remove_cvref_t<Value>;
  const auto assign = [&](auto&& what) {
    (void)core.has(named);  // refuses a field of another model, which has no place here
    *reinterpret_cast<Field*>(static_cast<char*>(values) + named.offset) = static_cast<decltype(what)>(what);
    core.add(named);
  };
  if constexpr (is_nothing<given>) {
    static_assert(patched<Field>::may_be_null, "tupelo: set() of a patch to NULL of a field that is not std::optional");
    if constexpr (patched<Field>::may_be_null) assign(std::nullopt);
  } else {
    constexpr bool taken = patched<Field>::template takes<Value>();
    constexpr bool holds_null = patched<Field>::template holds_null_of<Value>;
    static_assert(taken, "tupelo: set() of a patch: the value does not match the field's type");
    static_assert(holds_null, "tupelo: set() of a patch: an optional value for a field that is not std::optional");
    if constexpr (taken && holds_null) {
      using base = base_of<Field>;
      check_number<base>({named.model, named.offset}, value);
      if constexpr (number<base> && number<given>) {
        assign(static_cast<base>(value));
      } else {
        assign(static_cast<Value&&>(value));
      }
    }
  }
}

}  // namespace detail

/// Values for some fields of a model: what a request changes. It holds only what it was given.
template <class T>
class patch {
public:
  patch() noexcept(noexcept(T())) : core_(detail::meta<T>::spec) {}

  /// The members of a document. Errors: validation_error with every member that is no field, does not fit its field, or
  /// is not for requests to set: a generated key, a version, a time of creation or update, a mark of deletion. Who may
  /// give which fields, those too, and what they must be: `tp::rules`.
  static patch from_json(const json& document, json_reading how = {}) {
    patch read;
    violations found;
    read.read(document, how, found);
    read.core_.refuse_own(found);
    detail::require_valid(detail::meta<T>::spec, static_cast<violations&&>(found));
    return read;
  }

  /// Refuses what `db.update<T>().set(column, value)` refuses. Errors: value_error (value_out_of_range) for a number
  /// that the field does not hold.
  template <class F, class Value>
  patch& set(F T::* field, Value&& value) {
    detail::set_in_patch<F>(core_, field, __builtin_addressof(values_), static_cast<Value&&>(value));
    return *this;
  }
  /// A field of a value object: `set(tp::col<&User::address, &Address::city>, "Paris")`.
  template <class Column, class Value>
    requires requires { Column::ref; }
  patch& set(const Column& column, Value&& value) {
    using field = typename Column::field;
    static_assert(detail::patched<field>::is_one_value,
                  "tupelo: a nested value object is no column; name a field in it: "
                  "tp::col<&Outer::field, &Inner::field>");
    detail::set_in_patch<field>(core_, column, __builtin_addressof(values_), static_cast<Value&&>(value));
    return *this;
  }
  template <class Other, class Value>
  patch& set(const Other&, Value&&) {
    static_assert(detail::patched<Other>::is_of_the_model,
                  "tupelo: set() of a patch names a field of its model: &User::age, or tp::col<…> in a value object");
    return *this;
  }
  patch& remove(field_ref field) {
    core_.remove(field);
    return *this;
  }

  bool has(field_ref field) const { return core_.has(field); }
  bool empty() const noexcept { return size() == 0; }
  /// Fields that are given; those of value objects each.
  std::size_t size() const noexcept { return core_.given().size(); }
  /// Errors: query_error for a field that is not given.
  template <class F>
  const F& get(F T::* field) const {
    core_.require(field);
    return values_.*field;
  }

  /// The object gets the values that are given.
  void apply_to(T& object) const { detail::copy_fields(info_of<T>(), &values_, &object, core_.given()); }
  /// A new object with these values, and defaults for what is not given.
  T make() const {
    T object{};
    apply_to(object);
    return object;
  }

  // ---- for those who read and write patches

  void read(const json& document, json_reading how, violations& found) {
    detail::read_json(document, core_.spec(), &values_, how, core_.given_, found);
  }
  void write_json(std::string& out) const { detail::write_json(out, core_.spec(), &values_, &core_.given()); }
  const detail::patch_core& core() const noexcept { return core_; }
  /// An object in which the fields that are given have a meaning, and no others.
  const T& values() const noexcept { return values_; }

private:
  T values_{};
  detail::patch_core core_;
};

}  // namespace tupelo
