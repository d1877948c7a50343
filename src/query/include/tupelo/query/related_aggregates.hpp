// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/aggregates.hpp"
#include "tupelo/query/relation_path.hpp"

#include <optional>

/// Sums and the like of related rows, without loading them.
namespace tupelo {

namespace detail {

/// Names the term and the related model in the compiler's message.
template <class Related, class Term>
struct related_term {
  template <class... Models>
  static consteval bool is_of(models<Models...>) {
    return (std::is_same_v<Models, Related> && ...);
  }
  static constexpr bool is_of_related = is_of(typename Term::term_models());
};

/// Errors: query_error for a limit, which would be one of the single row that an aggregate is.
query_core aggregated(query_core rows, const expression& aggregate, const model_spec& row);

template <class F, class C, class Aggregate, class... Constraint>
auto related_aggregate(F C::* relation, const Aggregate& aggregate, const Constraint&... constraint) {
  using value = typename Aggregate::value_type;
  using result = scalar<std::optional<value>, C>;
  static_assert((!std::is_member_object_pointer_v<Constraint> && ...),
                "tupelo: sum_of() and the like are about one relation; declare one that goes through() the others");
  if constexpr (relation_like<F>) {
    static_assert(related_term<typename F::related_model, Aggregate>::is_of_related,
                  "tupelo: sum_of() and the like take a column, or an expression over columns, of the related model");
  }
  return result(with_query(
      expression(),
      aggregated(relation_path<C>::related(relation, constraint...), aggregate, row_meta<std::optional<value>>::spec),
      op::scalar_query));
}

}  // namespace detail

/// The sum over the related rows, as an expression: to be selected, compared and ordered by. NULL where there are none:
/// `tp::coalesce(tp::sum_of(&User::posts, tp::col<&Post::views>), 0)`. A function narrows what is summed, as for
/// count_of(). The same for the three below.
template <class F, class C, detail::term Term, class... Constraint>
auto sum_of(F C::* relation, const Term& term, const Constraint&... constraint) {
  return detail::related_aggregate(relation, sum(term), constraint...);
}
template <class F, class C, detail::term Term, class... Constraint>
auto avg_of(F C::* relation, const Term& term, const Constraint&... constraint) {
  return detail::related_aggregate(relation, avg(term), constraint...);
}
template <class F, class C, detail::term Term, class... Constraint>
auto min_of(F C::* relation, const Term& term, const Constraint&... constraint) {
  return detail::related_aggregate(relation, min(term), constraint...);
}
template <class F, class C, detail::term Term, class... Constraint>
auto max_of(F C::* relation, const Term& term, const Constraint&... constraint) {
  return detail::related_aggregate(relation, max(term), constraint...);
}

}  // namespace tupelo
