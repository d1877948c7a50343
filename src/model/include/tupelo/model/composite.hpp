// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model_spec.hpp"
#include "tupelo/model/native.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

namespace detail {

/// The fields of a struct as slots of their own.
class attribute_list {
public:
  explicit attribute_list(const model_spec& spec);
  composite_ops ops() const noexcept { return {slots_.data(), slots_.size()}; }

private:
  std::vector<std::string> names_;  ///< that the slots point to; none where the compiler did not tell the fields' names
  std::vector<field_slot> slots_;
};

/// `(1,"two words",)`. Source: https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX
void composite_to_text(const composite_ops& attributes, const void* value, std::string& out);
/// False for text that is no such value.
bool composite_from_text(const composite_ops& attributes, void* value, std::string_view text);

/// What the compiler's messages name the struct by.
template <class Struct, class... Attributes>
struct attributes_of {
  static constexpr bool are_values =
      ((field_kind<Attributes>() != kind::null && field_kind<Attributes>() != kind::embedded &&
        field_kind<Attributes>() != kind::relation) &&
       ...);
};
template <class Struct>
struct attribute_check {
  template <class... Attributes>
  int operator()(Attributes&...) const {
    static_assert(attributes_of<Struct, Attributes...>::are_values,
                  "tupelo: a composite has an attribute that is no value of one type (an aggregate without "
                  "field_traits, a relation); use tp::json, or a composite of its own for an aggregate");
    return 0;
  }
};

}  // namespace detail

/// Makes a struct one value of a composite type of the database, its attributes in the order of the fields:
/// `template <> struct tupelo::field_traits<Address> : tupelo::composite<Address, "address"> {};`. Without it a struct
/// inside a model is columns of its own.
///
/// The type is part of the schema: migrations make and change it, `db.create_composite("address", …)`, unless its name
/// says more than a name, `app.address`: then it is your own. On databases without composites the column is text, in
/// PostgreSQL's spelling. Attributes are what columns can be: single values, arrays of them, and composites.
template <class T, detail::type_text Type>
struct composite {
  static constexpr std::string_view column_type{Type.text, sizeof Type.text - 1};

  static void to_text(const T& value, std::string& out) { detail::composite_to_text(attributes(), &value, out); }
  static bool from_text(T& value, std::string_view text) {
    return detail::composite_from_text(attributes(), &value, text);
  }

  static composite_ops attributes() {
    check();
    static const detail::attribute_list list(detail::meta<T>::spec);
    return list.ops();
  }
  static constexpr custom_form form{.composite = &attributes};

private:
  static void check() {
    if constexpr (!detail::lists_fields<T> && reflect::binds_each_field<T>) {
      if (false) {
        detail::raw_object<T> object;
        reflect::binder<reflect::field_count<T>>::apply(object.value, detail::attribute_check<T>());
      }
    }
  }
};

}  // namespace tupelo
