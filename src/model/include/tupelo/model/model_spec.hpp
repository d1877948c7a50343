// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"
#include "tupelo/model/reflect.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tupelo {

struct model_info;
template <class T>
class model;
template <class T>
class mixin;

/// Describes a type one does not own: specialise it with `static void model(tp::model<T>&)`, and where T cannot be
/// reflected (base classes, more than 64 fields) with `static constexpr auto fields() { return tp::fields<&T::a,
/// &T::b>; }`.
template <class T>
struct describe;

template <auto... Members>
struct field_list {};
/// The fields of an aggregate that cannot be reflected: `static constexpr auto fields() { return tp::fields<&T::a,
/// &T::b>; }`
template <auto... Members>
inline constexpr field_list<Members...> fields{};

/// One reflected field, before the model's description is built.
struct raw_field {
  const type_ops* type;
  std::uint16_t offset;
};

/// What the compiler knows of a model: one constant-initialised record per type. Everything else is built once at run
/// time.
struct model_spec {
  type_key type;
  const char* names_text;
  std::uint16_t size;
  std::uint8_t count;
  void (*list_fields)(raw_field*);
  void (*describe)(model_info&);   ///< null: nothing was said beyond the fields
  mutable std::uint32_t id;        ///< small number, given at first use
  mutable const model_info* info;  ///< built at first use
  /// Of a group of fields that belong to the model which has it as a member, `at` bytes from its beginning; else null.
  void (*mix_in)(model_info&, std::uint16_t at) = nullptr;
};

/// Gives the type a number. Threads: any.
std::uint32_t register_model(const model_spec& spec) noexcept;
inline std::uint32_t id_of(const model_spec& spec) noexcept {
  std::uint32_t id = __atomic_load_n(&spec.id, __ATOMIC_ACQUIRE);
  return id ? id : register_model(spec);
}

/// The description of a registered type; built, checked and kept for ever at first use. Errors: model_error.
/// Threads: any.
const model_info& build_model(const model_spec& spec);
inline const model_info& info_of(const model_spec& spec) {
  const model_info* info = __atomic_load_n(&spec.info, __ATOMIC_ACQUIRE);
  return info ? *info : build_model(spec);
}
/// The id of a model, or row type, under another name in queries; the same for the same name. Threads: any.
std::uint32_t alias_of(const model_spec& spec, std::string_view name);
/// What the alias with this id is called, for the program's life; empty: the id is a model's own. Threads: any.
std::string_view alias_name(std::uint32_t id) noexcept;
/// The spec with this id, which may be an alias, or null.
const model_spec* find_spec(std::uint32_t id) noexcept;
/// The spec of this type, or null when it was not used yet.
const model_spec* find_spec(const type_key& type) noexcept;

namespace detail {

/// Vectors in each other that are no array of more dimensions.
template <class Field>
consteval bool holds_other_vectors() {
  if constexpr (vector_like<Field> && same_kind(field_kind<Field>(), kind::null)) {
    return is_array<typename Field::value_type>();
  } else {
    return false;
  }
}
template <class Field>
consteval bool is_vector_of_objects() {
  if constexpr (vector_like<Field> && same_kind(field_kind<Field>(), kind::null)) {
    constexpr kind element = field_kind<typename Field::value_type>();
    return same_kind(element, kind::embedded) || same_kind(element, kind::relation);
  } else {
    return false;
  }
}

// Asked once for each type of field; what is below, for each type of each struct, only to tell what is wrong.
template <class Field>
inline constexpr bool is_one_value = !same_kind(field_kind<Field>(), kind::embedded);
template <class Field>
inline constexpr bool can_be_a_field =
    !std::is_array_v<Field> && !std::is_pointer_v<Field> && !same_kind(field_kind<Field>(), kind::null);

/// Names the struct and the field's type in the compiler's message.
template <class Struct, class Field>
struct field_in {
  static constexpr bool is_no_array = !std::is_array_v<Field>;
  static constexpr bool is_no_pointer = !std::is_pointer_v<Field>;
  static constexpr bool is_one_value = !same_kind(field_kind<Field>(), kind::embedded);
  static constexpr bool has_rows_as_elements = !holds_other_vectors<Field>();
  static constexpr bool holds_values = !is_vector_of_objects<Field>();
  static constexpr bool can_be_a_column = !is_no_array || !is_no_pointer || !has_rows_as_elements || !holds_values ||
                                          !same_kind(field_kind<Field>(), kind::null);
};

/// Refuses a field whose type cannot be a column.
template <class Struct, class Field>
struct check_field {
  static_assert(
      field_in<Struct, Field>::is_no_array,
      "tupelo: a model has a C array as field; use std::string, tp::bytes or std::array in a type with field_traits");
  static_assert(
      field_in<Struct, Field>::is_no_pointer,
      "tupelo: a model has a pointer as field; rows own their values: use std::string, std::optional or a relation");
  static_assert(field_in<Struct, Field>::has_rows_as_elements,
                "tupelo: a model has a vector of vectors as field that is no array of rows: in each other are six at "
                "most, and no std::optional or type of your own is between them; use tp::json or a table of its own");
  static_assert(field_in<Struct, Field>::holds_values,
                "tupelo: a model has a vector of objects as field; the objects of another model are a relation: "
                "tp::has_many<T>");
  static_assert(
      field_in<Struct, Field>::can_be_a_column,
      "tupelo: a model has a field of a type that cannot be a column; supported are bool, integers, float, double, "
      "std::string, tp::bytes, tp::timestamp, tp::date, tp::time_of_day, tp::interval, tp::uuid, tp::decimal, "
      "tp::json, "
      "chrono time points and durations, enums, types with tp::field_traits, std::vector and std::optional of these, "
      "nested aggregates, and relations");
  static constexpr bool ok = field_in<Struct, Field>::is_no_array && field_in<Struct, Field>::is_no_pointer &&
                             !same_kind(field_kind<Field>(), kind::null);
};

template <class T>
union raw_object {
  char none;
  T value;
  raw_object() : none{} {}
  ~raw_object() {}
};

void take_fields(raw_field* out, const type_ops* const* types, const void* const* addresses, std::size_t count,
                 const void* base) noexcept;

template <class Struct>
struct field_lister {
  raw_field* out;
  const void* base;
  template <class... Fields>
  int operator()(Fields&... field) const {
    if constexpr ((can_be_a_field<Fields> && ...)) {
      static constexpr const type_ops* types[] = {&ops_of<Fields>...};
      const void* addresses[] = {__builtin_addressof(field)...};
      take_fields(out, types, addresses, sizeof...(Fields), base);
    } else {
      (void)(check_field<Struct, Fields>::ok && ...);  // tells
    }
    return 0;
  }
};

template <class T>
concept lists_fields = requires { T::fields(); } || requires { describe<T>::fields(); };
template <class T>
consteval auto fields_of() {
  if constexpr (requires { describe<T>::fields(); }) {
    return describe<T>::fields();
  } else {
    return T::fields();
  }
}
template <auto... Members>
consteval std::size_t size_of(field_list<Members...>) {
  return sizeof...(Members);
}
template <auto... Members>
constexpr const char* names_of(field_list<Members...>) {
  return reflect::members_text<Members...>();
}
template <class T, auto... Members>
void list_members(raw_field* out, raw_object<T>& object, field_list<Members...>) {
  field_lister<T>{out, &object}(object.value.*Members...);
}
template <class T>
void list_fields_of(raw_field* out) {
  raw_object<T> object;
  if constexpr (lists_fields<T>) {
    list_members<T>(out, object, fields_of<T>());
  } else if constexpr (reflect::binds_each_field<T>) {
    reflect::binder<reflect::field_count<T>>::apply(object.value, field_lister<T>{out, &object});
  }
}

template <class T>
concept described_elsewhere = requires(model<T>& m) { describe<T>::model(m); };
template <class T>
concept described_by_itself = requires(model<T>& m) { T::model(m); };
template <class T>
void describe_into(model_info& info) {
  model<T> builder(info);
  if constexpr (described_elsewhere<T>) {
    describe<T>::model(builder);
  } else {
    T::model(builder);
  }
}

template <class T>
constexpr auto describe_function() -> void (*)(model_info&) {
  if constexpr (described_elsewhere<T> || described_by_itself<T>) {
    return &describe_into<T>;
  } else {
    return nullptr;
  }
}

template <class T>
void mix_into(model_info& info, std::uint16_t at) {
  mixin<T> builder(info, at);
  T::mixin(builder);
}
template <class T>
constexpr auto mixin_function() -> void (*)(model_info&, std::uint16_t) {
  if constexpr (requires(mixin<T>& m) { T::mixin(m); }) {
    return &mix_into<T>;
  } else {
    return nullptr;
  }
}

template <class T>
constexpr model_spec make_spec() {
  static_assert(sizeof(T) < 65536, "tupelo: a model is larger than 64 KiB");
  static_assert(std::is_default_constructible_v<T>,
                "tupelo: a model must be default constructible: rows are read into it");
  constexpr auto size = static_cast<std::uint16_t>(sizeof(T));
  if constexpr (lists_fields<T>) {
    constexpr auto list = fields_of<T>();
    return {type_key_of<T>,     names_of(list),         size, static_cast<std::uint8_t>(size_of(list)),
            &list_fields_of<T>, describe_function<T>(), 0,    nullptr,
            mixin_function<T>()};
  } else {
    static_assert(
        std::is_aggregate_v<T>,
        "tupelo: this type is not an aggregate (it has constructors, private members or virtual functions); make it a "
        "plain struct, or list its fields: static constexpr auto fields() { return tp::fields<&T::a, &T::b>; }");
    if constexpr (std::is_aggregate_v<T>) {
      static_assert(reflect::field_count<T> > 0,
                    "tupelo: a model without fields, or with fields that cannot be reflected; list "
                    "them: static constexpr auto fields() { return tp::fields<&T::a, &T::b>; }");
      static_assert(reflect::binds_each_field<T>,
                    "tupelo: a model has a C array as field (or a field that {} cannot make); use "
                    "std::string, tp::bytes or std::array in a type with field_traits");
      return {type_key_of<T>,     reflect::names_text<T>(), size, static_cast<std::uint8_t>(reflect::field_count<T>),
              &list_fields_of<T>, describe_function<T>(),   0,    nullptr,
              mixin_function<T>()};
    } else {
      return {};
    }
  }
}

template <class T>
struct meta {
  static constinit model_spec spec;
};
template <class T>
constinit model_spec meta<T>::spec = make_spec<T>();

template <class T>
const model_spec* spec_of() noexcept {
  return &meta<T>::spec;
}

}  // namespace detail

namespace detail {

template <class T>
concept scalar_row = !same_kind(field_kind<T>(), kind::null) && !same_kind(field_kind<T>(), kind::embedded) &&
                     !same_kind(field_kind<T>(), kind::relation);
template <class T>
concept tuple_row = requires { std::tuple_size<T>::value; } && !scalar_row<T>;

template <class T>
void list_scalar(raw_field* out) {
  out[0] = {&ops_of<T>, 0};
}
template <class T, std::size_t... I>
void list_tuple(raw_field* out, std::index_sequence<I...>) {
  raw_object<T> object;
  // get<I> of an unconstructed tuple only computes an address
  field_lister<T>{out, &object}(get<I>(object.value)...);
}
template <class T>
void list_tuple_of(raw_field* out) {
  list_tuple<T>(out, std::make_index_sequence<std::tuple_size<T>::value>{});
}

/// The description of what a row decodes into: an aggregate, a tuple or one value.
template <class Row>
struct row_meta : meta<Row> {};
template <scalar_row T>
struct row_meta<T> {
  static constinit model_spec spec;
};
template <scalar_row T>
constinit model_spec row_meta<T>::spec = {
    type_key_of<T>, nullptr, static_cast<std::uint16_t>(sizeof(T)), 1, &list_scalar<T>, nullptr, 0, nullptr};
template <tuple_row T>
struct row_meta<T> {
  static constinit model_spec spec;
};
template <tuple_row T>
constinit model_spec row_meta<T>::spec = {type_key_of<T>,
                                          nullptr,
                                          static_cast<std::uint16_t>(sizeof(T)),
                                          static_cast<std::uint8_t>(std::tuple_size<T>::value),
                                          &list_tuple_of<T>,
                                          nullptr,
                                          0,
                                          nullptr};

}  // namespace detail

/// The description of the model T. Errors: model_error. Threads: any.
template <class T>
const model_info& info_of() {
  return info_of(detail::meta<T>::spec);
}

/// Makes models known before they are used, to relations of models for which they are incomplete.
template <class... Models>
void register_models() {
  (register_model(detail::meta<Models>::spec), ...);
}

}  // namespace tupelo
