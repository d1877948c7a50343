// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/select_checks.hpp"

#define TUPELO_NOT_IN_QUERY                                                                                         \
  "tupelo: a column of a model that is not in this query: join<That>() it first, or where it is of a query around " \
  "this one, in tp::exists() and tp::subquery(), say correlate<That>()"

/// What rows are read of: the terms of select() and of returning().
namespace tupelo {

template <class T, class... Models>
class window_function;

/// All columns of a model, as one term of select(): `select<std::pair<User, std::int64_t>>(tp::whole<User>,
/// tp::count_of(&User::posts))`. Relations are loaded with() the objects that stand first.
template <class Model>
struct whole_row {
  using selected_type = Model;
  using term_models = detail::models<Model>;
};
template <class Model>
inline constexpr whole_row<Model> whole{};

namespace detail {

/// Selects the columns of the model, in their order. Errors: model_error.
void project_all(query_core& core, const model_spec& model);

// Adds a term. Columns, expressions and conditions are all made into one type, so that this is compiled once.
inline void project(query_core& core, const expression& e) { core.term(op::project, e); }
template <class Model>
void project(query_core& core, whole_row<Model>) {
  project_all(core, meta<Model>::spec);
}
template <class T, class... Models>
void project(query_core&, const window_function<T, Models...>&) {
  static_assert(has_window<T>, "tupelo: row_number(), lag() and the like need a window: .over(…)");
}
template <class Other>
  requires(!names_models<Other>)
void project(query_core&, const Other&) {}  // refused before

/// Refuses a term that names columns of models which the query does not read. The compiler's message names both.
template <class InQuery, class Term>
struct named_in {
  static constexpr bool all_are_read = true;  // or it is no term, which is refused elsewhere
};
template <class InQuery, names_models Term>
struct named_in<InQuery, Term> {
  template <class... Models>
  static consteval bool has(models<Models...>) {
    static_assert(all_in<InQuery, Models...>, TUPELO_NOT_IN_QUERY);
    return true;
  }
  static constexpr bool all_are_read = has(typename Term::term_models());
};

template <class Row, class... Terms>
inline constexpr bool is_one_object = false;
template <class Row>
inline constexpr bool is_one_object<Row, whole_row<Row>> = true;

template <class Row, class InQuery, class... Terms>
void project_fields(query_core& core, const Terms&... terms) {
  constexpr auto fields = row_fields<Row>();
  static_assert(row_named<Row, size_of(fields)>::template takes<sizeof...(Terms)>,
                "tupelo: select<Row>(…), as returning<Row>(…), needs one term for each field of Row");
  if constexpr (size_of(fields) == sizeof...(Terms)) {
    check_terms<Row>(std::index_sequence_for<Terms...>{}, fields, type_list<Terms...>{});
  }
  static_assert((named_in<InQuery, Terms>::all_are_read && ...));
  (detail::project(core, terms), ...);
  core.row_type(row_meta<Row>::spec);
}

/// The terms as the fields of `Row`, which the compiler holds against them; or the one term that `Row` is itself.
template <class Row, class InQuery, class... Terms>
void project_row(query_core& core, const Terms&... terms) {
  if constexpr (is_one_object<Row, Terms...>) {  // the model's own rows, of whichever table of the query
    static_assert((named_in<InQuery, Terms>::all_are_read && ...));
    (detail::project(core, terms), ...);
    core.row_type(meta<Row>::spec);
  } else {
    project_fields<Row, InQuery>(core, terms...);
  }
}

}  // namespace detail

}  // namespace tupelo
