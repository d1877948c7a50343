// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"
#include "tupelo/query/query_core.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

/// What may be named in a query, and what its rows may be read into: answered by the compiler.
namespace tupelo {

namespace detail {

/// A model of the query around a subquery.
template <class Model>
struct outer {};

template <class... InQuery>
struct models_in_query {
  template <class Used>
  static constexpr bool has = ((std::is_same_v<Used, InQuery> || std::is_same_v<outer<Used>, InQuery>) || ...);
};
template <class InQuery, class... Used>
inline constexpr bool all_in = (InQuery::template has<Used> && ...);
/// An alias, or a query that has one: what a query reads from beside models.
template <class T>
concept row_source = requires(const T& t, query_core& core) {
  typename T::row_type;
  t.table();
  t.add_to(core);
};
/// Whether all that the source names is in the query; what is correlated names models of the query that it joins.
template <class InQuery, class Source>
consteval bool source_in() {
  if constexpr (requires { typename Source::outer_condition; }) {
    return []<class... Outer>(std::type_identity<condition<Outer...>>) {
      return all_in<InQuery, Outer...>;
    }(std::type_identity<typename Source::outer_condition>());
  } else {
    return true;
  }
}
template <class Row, class Other>
inline constexpr bool same_rows = std::is_same_v<Row, Other>;
template <class InQuery, class Joined>
inline constexpr bool joins_once = !InQuery::template has<Joined>;
template <class Left, class Right>
struct both_conditions;
template <class... Left, class... Right>
struct both_conditions<condition<Left...>, condition<Right...>> {
  using type = condition<Left..., Right...>;
};
/// The condition over the outer models among these.
template <class... Models>
struct outer_models {
  using type = condition<>;
};
template <class Model, class... Rest>
struct outer_models<Model, Rest...> : outer_models<Rest...> {};
template <class Model, class... Rest>
struct outer_models<outer<Model>, Rest...> : both_conditions<condition<Model>, typename outer_models<Rest...>::type> {};
template <class Condition, class Other>
inline constexpr bool covers = false;
template <class... Models, class... Others>
inline constexpr bool covers<condition<Models...>, condition<Others...>> =
    all_in<models_in_query<Models...>, Others...>;
/// Of a function that stands without one.
template <class>
inline constexpr bool has_window = false;
template <class Result>
inline constexpr bool selects_one_value = scalar_row<Result>;
template <class... Fields>
struct type_list {};
struct type_lister {
  template <class... Fields>
  constexpr type_list<Fields...> operator()(Fields&...) const {
    return {};
  }
};
template <class Row, std::size_t... I>
consteval auto tuple_fields(std::index_sequence<I...>) {
  return type_list<std::tuple_element_t<I, Row>...>{};
}
template <class Row>
consteval auto row_fields() {
  if constexpr (scalar_row<Row>) {
    return type_list<Row>{};
  } else if constexpr (tuple_row<Row>) {
    return tuple_fields<Row>(std::make_index_sequence<std::tuple_size<Row>::value>{});
  } else {
    return decltype(reflect::binder<reflect::field_count<Row>>::apply(std::declval<Row&>(), type_lister{})){};
  }
}

/// What a clause was given that takes no such thing; the compiler's messages name it by it.
template <class Given>
struct clause_given {
  static constexpr bool is_a_condition = false;
  static constexpr bool is_a_term = false;
  static constexpr bool is_for_a_query_to_change = false;
};
template <class T>
concept names_models = requires { typename T::term_models; };

/// What a term becomes in a row.
template <class Term>
struct selected {
  static_assert(clause_given<Term>::is_a_term,
                "tupelo: select() takes columns, expressions and conditions: tp::col<&User::email>; a value is written "
                "tp::value(1)");
  using type = int;
};
template <class Term>
  requires requires { typename Term::selected_type; }
struct selected<Term> {
  static constexpr bool is_stored = !relation_like<typename Term::selected_type>;
  static_assert(
      is_stored,
      "tupelo: a relation is no column to select: load it with .with(&User::posts), or select what is counted "
      "of it, tp::count_of(&User::posts)");
  using type = std::conditional_t<is_stored, typename Term::selected_type, int>;
};

/// Whether a selected term of type Term can be read into a field of type Field.
template <class Field, class Term>
consteval bool projects() {
  using value = typename selected<Term>::type;
  if constexpr (!names_models<Term>) return true;  // refused by selected
  if constexpr (field_is_optional<value>() && !field_is_optional<Field>()) return false;
  using F = base_of<Field>;
  using V = base_of<value>;
  if constexpr (std::is_same_v<F, V>) return true;
  if constexpr (number<F> && number<V>) return std::is_floating_point_v<F> || !std::is_floating_point_v<V>;
  constexpr kind k = field_kind<F>();
  return same_kind(k, field_kind<V>()) && !same_kind(k, kind::enumeration) && !same_kind(k, kind::custom) &&
         !same_kind(k, kind::mapped) && !same_kind(k, kind::array);
}
/// Names the row, the position and the term in the compiler's message where they do not fit each other.
template <class Row, std::size_t Position, class Field>
struct row_field {
  template <class Term>
  static constexpr bool takes = projects<Field, Term>();
};
template <class Row, std::size_t Fields>
struct row_named {
  template <std::size_t Terms>
  static constexpr bool takes = Fields == Terms;
};
template <class Row, std::size_t... I, class... Fields, class... Terms>
consteval void check_terms(std::index_sequence<I...>, type_list<Fields...>, type_list<Terms...>) {
  const auto check = []<std::size_t Position, class Field, class Term>() {
    static_assert(row_field<Row, Position, Field>::template takes<Term>,
                  "tupelo: select<Row>(…), as returning<Row>(…): a term's type does not match the type of Row's field "
                  "at the same position (what may be NULL needs a std::optional field)");
  };
  (check.template operator()<I, Fields, Terms>(), ...);
}
template <class... Fields>
consteval std::size_t size_of(type_list<Fields...>) {
  return sizeof...(Fields);
}

}  // namespace detail

}  // namespace tupelo
