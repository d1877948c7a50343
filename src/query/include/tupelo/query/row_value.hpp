// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

namespace tupelo {

namespace detail {

/// What is kept of an argument until it is compared.
template <class Argument>
using kept = std::conditional_t<!term<Argument> && text_like<Argument>, std::string, Argument>;

template <class Left, class Right>
struct beside {
  static constexpr bool compares_with = compares<base_of<typename operand<Left>::value_type>, Right>();
};

}  // namespace detail

/// Several columns, expressions and values that are compared as one: by the first, where these are equal by the second,
/// and so on. At least one on the left side is a column or an expression.
template <class... Terms>
class row_value {
public:
  template <class... Arguments>
  explicit row_value(std::in_place_t, const Arguments&... arguments) : terms_(arguments...) {}

  template <class... Others>
  auto compared(comparison c, const row_value<Others...>& other) const {
    static_assert(sizeof...(Terms) == sizeof...(Others), "tupelo: these two rows have different numbers of values");
    static_assert((detail::term<Terms> && ...), "tupelo: the left one of two rows consists of columns and expressions");
    if constexpr (sizeof...(Terms) == sizeof...(Others)) {
      static_assert((detail::beside<Terms, Others>::compares_with && ...),
                    "tupelo: these two rows cannot be compared: their types do not match");
    }
    expression e;
    if constexpr (sizeof...(Terms) == sizeof...(Others)) {
      add_to(e, std::index_sequence_for<Terms...>());
      other.template add_beside<Terms...>(e, std::index_sequence_for<Terms...>());
      e.push(make_word(op::compare, static_cast<std::uint8_t>(c)));
    }
    return detail::condition_over<Terms..., Others...>(static_cast<expression&&>(e));
  }
  template <std::size_t... I>
  void add_to(expression& e, std::index_sequence<I...>) const {
    (e.append(std::get<I>(terms_)), ...);
    e.push(detail::call_word(function::row, sizeof...(I)));
  }
  template <class... As, std::size_t... I>
  void add_beside(expression& e, std::index_sequence<I...>) const {
    (detail::add_argument<detail::base_of<typename detail::operand<As>::value_type>>(e, std::get<I>(terms_)), ...);
    e.push(detail::call_word(function::row, sizeof...(I)));
  }

private:
  std::tuple<Terms...> terms_;
};

/// `tp::row(tp::col<&Post::views>, tp::col<&Post::id>) < tp::row(100, 7)`.
template <class... Arguments>
  requires(sizeof...(Arguments) > 1)
auto row(const Arguments&... arguments) {
  return row_value<detail::kept<Arguments>...>(std::in_place, arguments...);
}

#define TUPELO_ROW_COMPARISON(o, c)                                                   \
  template <class... Left, class... Right>                                            \
  auto operator o(const row_value<Left...>& left, const row_value<Right...>& right) { \
    return left.compared(comparison::c, right);                                       \
  }
TUPELO_ROW_COMPARISON(==, equal)
TUPELO_ROW_COMPARISON(!=, not_equal)
TUPELO_ROW_COMPARISON(<, less)
TUPELO_ROW_COMPARISON(<=, less_equal)
TUPELO_ROW_COMPARISON(>, greater)
TUPELO_ROW_COMPARISON(>=, greater_equal)
#undef TUPELO_ROW_COMPARISON

}  // namespace tupelo
