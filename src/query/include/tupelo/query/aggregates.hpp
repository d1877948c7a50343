// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

namespace tupelo {

namespace detail {

/// tp::partition_by(…), tp::order_by(…).
template <class Window>
concept is_a_window = requires { typename Window::order_type; };
/// What over() was given; the compiler's message names it by it.
template <class Given>
struct over_given {
  static constexpr bool is_a_window = detail::is_a_window<Given>;
};
template <class Given>
consteval bool check_over() {
  static_assert(over_given<Given>::is_a_window, "tupelo: over() takes a window: tp::partition_by(…), tp::order_by(…)");
  return is_a_window<Given>;
}

template <class T>
using total_type =
    std::conditional_t<std::is_integral_v<T>, std::int64_t, std::conditional_t<std::is_arithmetic_v<T>, double, T>>;

template <auto... M>
inline ordering<typename column<M...>::owner> ordered(column<M...> c) {
  return c.asc();
}
template <class T, class... Models>
inline ordering<Models...> ordered(const scalar<T, Models...>& e) {
  return e.asc();
}
template <class... Models>
inline const ordering<Models...>& ordered(const ordering<Models...>& o) {
  return o;
}

template <class Ordering>
void add_order(expression& to, const Ordering& o) {
  to.append(o.term);
  if (o.descending) to.push(make_word(op::descending));
}

}  // namespace detail

/// What is computed from several rows: those of a group, all rows without group_by(), or those of a window.
template <class T, class... Models>
class aggregate : public scalar<T, Models...> {
public:
  aggregate(expression&& e) noexcept : scalar<T, Models...>(static_cast<expression&&>(e)) {}

  /// Of the rows alone for which the condition holds: `tp::count().filter(tp::col<&Post::views> > 100)`.
  template <class... More>
  auto filter(const condition<More...>& holds) const {
    expression e(*this);
    e.combine(holds, make_word(op::filter));
    using models = decltype((detail::models<Models...>() + ... + detail::models<More>()));
    return typename detail::over<models>::template apply<aggregate, T>(static_cast<expression&&>(e));
  }
  /// For each row, of the rows of its window: `tp::sum(views).over(tp::partition_by(author).order_by(day))`. All rows
  /// of the query are one window without an argument. See tupelo/query/window.hpp.
  template <class Window>
  auto over(const Window& window) const {
    if constexpr (detail::check_over<Window>()) {
      return window.template applied<T, Models...>(*this);
    } else {
      return over();
    }
  }
  scalar<T, Models...> over() const {
    expression e(*this);
    e.push(make_word(op::over));
    return e;
  }
};

/// Of texts, which are taken in the order of the rows unless order_by() says another.
template <class... Models>
class text_aggregate : public aggregate<std::string, Models...> {
public:
  text_aggregate(expression&& e) noexcept : aggregate<std::string, Models...>(static_cast<expression&&>(e)) {}

  /// Columns, expressions, `.asc()` and `.desc()`. Errors when run: unsupported_feature where the database's aggregates
  /// take their rows in no order.
  template <class... Terms>
  auto order_by(const Terms&... terms) const {
    expression e(*this);
    (detail::add_order(e, detail::ordered(terms)), ...);
    e.push(make_word(op::ordered, 0, static_cast<std::uint16_t>(sizeof...(Terms))));
    using models = decltype((detail::models<Models...>() + ... + typename Terms::term_models()));
    return typename detail::over<models>::template apply<aggregate, std::string>(static_cast<expression&&>(e));
  }
};

/// Of what count_distinct() counts: no database has a window of it.
template <class... Models>
class distinct_count : public scalar<std::int64_t, Models...> {
public:
  distinct_count(expression&& e) noexcept : scalar<std::int64_t, Models...>(static_cast<expression&&>(e)) {}

  /// Of the rows alone for which the condition holds.
  template <class... More>
  auto filter(const condition<More...>& holds) const {
    expression e(*this);
    e.combine(holds, make_word(op::filter));
    using models = decltype((detail::models<Models...>() + ... + detail::models<More>()));
    return typename detail::over<models>::template as<tupelo::distinct_count>(static_cast<expression&&>(e));
  }
};

// For compilers that otherwise turn the comparison round, because the column's operator takes an aggregate as it is.
#define TUPELO_AGGREGATE_COMPARISON(o)                                         \
  template <class T, class... Models, auto... M>                               \
  auto operator o(const aggregate<T, Models...>& left, column<M...> right) {   \
    return static_cast<const scalar<T, Models...>&>(left) o right;             \
  }                                                                            \
  template <auto... M, class T, class... Models>                               \
  auto operator o(column<M...> left, const aggregate<T, Models...>& right) {   \
    return left o static_cast<const scalar<T, Models...>&>(right);             \
  }                                                                            \
  template <class... Models, auto... M>                                        \
  auto operator o(const text_aggregate<Models...>& left, column<M...> right) { \
    return static_cast<const scalar<std::string, Models...>&>(left) o right;   \
  }                                                                            \
  template <auto... M, class... Models>                                        \
  auto operator o(column<M...> left, const text_aggregate<Models...>& right) { \
    return left o static_cast<const scalar<std::string, Models...>&>(right);   \
  }                                                                            \
  template <class... Models, auto... M>                                        \
  auto operator o(const distinct_count<Models...>& left, column<M...> right) { \
    return static_cast<const scalar<std::int64_t, Models...>&>(left) o right;  \
  }                                                                            \
  template <auto... M, class... Models>                                        \
  auto operator o(column<M...> left, const distinct_count<Models...>& right) { \
    return left o static_cast<const scalar<std::int64_t, Models...>&>(right);  \
  }
TUPELO_AGGREGATE_COMPARISON(==)
TUPELO_AGGREGATE_COMPARISON(!=)
#undef TUPELO_AGGREGATE_COMPARISON

namespace detail {

template <class T, class Term>
auto aggregate_of(function f, const Term& term) {
  expression e = operand<Term>::template of<T>(term);
  e.push(call_word(f, 1));
  return typename over<typename Term::term_models>::template apply<aggregate, T>(static_cast<expression&&>(e));
}

}  // namespace detail

// Of the rows of a group, or of all rows without group_by().

/// The number of rows.
inline aggregate<std::int64_t> count() {
  expression e(make_word(op::star));
  e.push(detail::call_word(function::count, 1));
  return e;
}
/// The number of rows in which the column or expression is not NULL.
template <detail::term Term>
auto count(const Term& term) {
  return detail::aggregate_of<std::int64_t>(function::count, term);
}
/// How many different values there are, NULL not being one.
template <detail::term Term>
auto count_distinct(const Term& term) {
  using models = typename Term::term_models;
  return typename detail::over<models>::template as<distinct_count>(
      detail::call_that_gives<std::int64_t, std::int64_t>(function::count_distinct, 0, term));
}
/// NULL without rows: read it into std::optional unless there are always some. The same for the three below.
template <detail::term Term>
auto avg(const Term& term) {
  static_assert(detail::term_named<Term>::is_numeric, "tupelo: avg() needs a numeric column or expression");
  return detail::aggregate_of<double>(function::avg, term);
}
/// Integers sum to std::int64_t, floating point to double, decimals to tp::decimal.
template <detail::term Term>
auto sum(const Term& term) {
  static_assert(detail::term_named<Term>::is_numeric, "tupelo: sum() needs a numeric column or expression");
  using result = detail::total_type<typename detail::term_named<Term>::type>;
  return detail::aggregate_of<result>(function::sum, term);
}
template <detail::term Term>
auto min(const Term& term) {
  using result = typename detail::term_named<Term>::type;
  return detail::aggregate_of<result>(function::min, term);
}
template <detail::term Term>
auto max(const Term& term) {
  using result = typename detail::term_named<Term>::type;
  return detail::aggregate_of<result>(function::max, term);
}

/// The texts of all rows behind each other with the separator between them; NULL without rows. In which order they are
/// is up to the database, unless it is told: `tp::string_agg(name, ", ").order_by(name)`.
template <detail::term Term>
auto string_agg(const Term& text, std::string_view separator) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: string_agg() needs a text column or expression");
  expression e = detail::operand<Term>::template of<std::string>(text);
  e.append(expression(literal(kind::text, separator)));
  e.push(detail::call_word(function::string_agg, 2));
  return typename detail::over<typename Term::term_models>::template as<text_aggregate>(static_cast<expression&&>(e));
}

}  // namespace tupelo
