// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/select_query.hpp"

#include <type_traits>

namespace tupelo {

/// A query over the model T, not yet bound to a database: for subqueries, and to be run with `db.bind(query).all()`.
template <class T>
select_query<T, T> query() noexcept {
  return select_query<T, T>(nullptr);
}

/// The same over an alias, or over the rows of a query that has a name: tp::alias, tp::derived, tp::cte.
template <detail::row_source Source>
auto query(const Source& source) {
  using row = typename Source::row_type;
  static_assert(detail::source_in<detail::models_in_query<>, Source>(),
                "tupelo: a correlated query is joined, or asked by exists() and subquery()");
  query_core core;
  core.begin(source.table());
  source.add_to(core);
  return select_query<row, detail::aliased<row>>(static_cast<query_core&&>(core), nullptr);
}

/// The query has at least one row. A query that was correlated with models of the query around it is asked for each of
/// their rows. `exists<User>(query)` makes it a condition of User, to be combined with others and kept in a variable.
template <class... Outer, class Result, class... Joined>
auto exists(const select_query<Result, Joined...>& query) {
  using correlated = typename select_query<Result, Joined...>::outer_condition;
  using found = std::conditional_t<sizeof...(Outer) == 0, correlated, condition<Outer...>>;
  static_assert(detail::covers<found, correlated>,
                "tupelo: exists<…>(): the subquery is correlated with a model that is not named");
  return found(detail::with_query(expression(), query.core(), op::exists));
}

/// The one value that a query selects, as an expression; NULL when it has no row, which its type does not say:
/// `tp::col<&Post::views> > tp::subquery(tp::query<Post>().select<double>(tp::avg(tp::col<&Post::views>)))`.
template <class Result, class... Joined>
auto subquery(const select_query<Result, Joined...>& query) {
  static_assert(detail::selects_one_value<Result>, "tupelo: subquery(): the query must select one value: select<T>(…)");
  using models = typename select_query<Result, Joined...>::outer_condition::term_models;
  return typename detail::over<models>::template scalar<Result>(
      detail::with_query(expression(), query.core(), op::scalar_query));
}

}  // namespace tupelo
