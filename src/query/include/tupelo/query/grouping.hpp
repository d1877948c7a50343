// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

namespace tupelo {

/// Several ways to group rows at once; what group_by() takes. Databases without them refuse the query when it is run.
template <class... Models>
class grouping_terms : public expression {
public:
  using term_models = detail::models<Models...>;
  grouping_terms(expression&& e) noexcept : expression(static_cast<expression&&>(e)) {}
};

namespace detail {

template <class... Terms>
auto grouping_of(function f, const Terms&... terms) {
  using models = decltype((detail::models<>() + ... + typename Terms::term_models()));
  expression e;
  (e.append(terms), ...);
  e.push(call_word(f, sizeof...(Terms)));
  return typename over<models>::template as<grouping_terms>(static_cast<expression&&>(e));
}

}  // namespace detail

/// By all of these, by all but the last, and so on to all rows at once: sums with subtotals and a total.
template <detail::term... Terms>
auto rollup(const Terms&... terms) {
  return detail::grouping_of(function::rollup, terms...);
}
/// By every choice of these.
template <detail::term... Terms>
auto cube(const Terms&... terms) {
  return detail::grouping_of(function::cube, terms...);
}
/// By each of these: `tp::grouping_sets(tp::grouping(year, month), tp::grouping(year), tp::grouping())`.
template <class... Sets>
auto grouping_sets(const Sets&... sets) {
  return detail::grouping_of(function::grouping_sets, sets...);
}
/// One way to group for grouping_sets(); without terms all rows are one group.
template <detail::term... Terms>
auto grouping(const Terms&... terms) {
  return detail::grouping_of(function::grouping_set, terms...);
}

}  // namespace tupelo
