// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/projection.hpp"
#include "tupelo/query/relation_path.hpp"

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

/// Objects with values beside them, as one row.
namespace tupelo {

template <class T>
class partial;

namespace detail {

template <class Row>
inline constexpr bool is_partial = false;
template <class T>
inline constexpr bool is_partial<partial<T>> = true;

/// What rows become that get one value more.
template <class Row>
struct rows_beside {
  static constexpr bool are_objects = same_kind(field_kind<Row>(), kind::embedded);
  template <class Value>
  using with = std::tuple<Row, Value>;
  static const model_spec* whole() noexcept { return &row_meta<Row>::spec; }
};
template <class T, class... Values>
struct rows_beside<std::tuple<T, Values...>> {
  static constexpr bool are_objects = same_kind(field_kind<T>(), kind::embedded);
  template <class Value>
  using with = std::tuple<T, Values..., Value>;
  static const model_spec* whole() noexcept { return nullptr; }
};
template <class T>
struct rows_beside<partial<T>> {
  static constexpr bool are_objects = false;
  template <class Value>
  using with = std::tuple<T, Value>;
  static const model_spec* whole() noexcept { return nullptr; }
};

/// Selects the term behind what is selected; `whole`: what the rows are where nothing is. Relations stay to be loaded.
void select_beside(query_core& core, const model_spec* whole, const expression& term, const model_spec& row);

/// Errors: query_error for a query that selects terms, or whole objects with values beside them.
void refuse_selected(const query_core& core);

[[noreturn]] void throw_objects_behind();

/// The objects whose relations are loaded stand first in rows of this type.
template <class Row>
void stand_in_row(load_list& loads) {
  const raw_object<Row> object;
  const char* const first = reinterpret_cast<const char*>(__builtin_addressof(std::get<0>(object.value)));
  loads.stand_in(static_cast<std::uint32_t>(sizeof(Row)),
                 static_cast<std::uint32_t>(first - reinterpret_cast<const char*>(&object)));
}

/// The objects of a query stand first in the rows that its select() makes of them.
template <class Object, class Row, class... Terms>
inline constexpr bool objects_stand_first = false;
template <class Object, class... Values, class... Terms>
inline constexpr bool objects_stand_first<Object, std::tuple<Object, Values...>, whole_row<Object>, Terms...> = true;
template <class Object, class Value, class... Terms>
inline constexpr bool objects_stand_first<Object, std::pair<Object, Value>, whole_row<Object>, Terms...> = true;

/// The relations of the objects that a query reads, in the rows that they have been selected into. Before: those are
/// among the terms; columns have no relations. Errors: query_error where the objects are there, but not first.
template <class Object, class Row, class... Terms>
void keep_loads(query_core& core, const load_list& said) {
  if constexpr (objects_stand_first<Object, Row, Terms...>) {
    core.loads = said;
    stand_in_row<Row>(core.loads);
  } else if constexpr (is_one_object<Row, Terms...> && std::is_same_v<Object, Row>) {
    core.loads = said;
  } else {
    throw_objects_behind();
  }
}

template <class T, class... Values>
struct relation_path<std::tuple<T, Values...>> {
  template <class... Path>
  static void load(load_list& loads, const Path&... path) {
    relation_path<T>::load(loads, path...);
    stand_in_row<std::tuple<T, Values...>>(loads);
  }
};
template <class T, class Value>
struct relation_path<std::pair<T, Value>> {
  template <class... Path>
  static void load(load_list& loads, const Path&... path) {
    relation_path<T>::load(loads, path...);
    stand_in_row<std::pair<T, Value>>(loads);
  }
};

}  // namespace detail

}  // namespace tupelo
