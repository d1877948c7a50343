// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/query/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tupelo {

template <class... Models>
class condition;
template <class T, class... Models>
class scalar;
template <class Result, class... Joined>
class select_query;

namespace detail {

template <class Pointer>
struct member_pointer;
template <class C, class F>
struct member_pointer<F C::*> {
  using owner = C;
  using field = F;
};

template <auto Member, auto... Inner>
struct member_path {
  using owner = typename member_path<Member>::owner;
  using field = typename member_path<Inner...>::field;
  template <class Object>
  static constexpr auto& get(Object& object) {
    return member_path<Inner...>::get(object.*Member);
  }
};
template <auto Member>
struct member_path<Member> {
  using owner = typename member_pointer<decltype(Member)>::owner;
  using field = typename member_pointer<decltype(Member)>::field;
  template <class Object>
  static constexpr auto& get(Object& object) {
    return object.*Member;
  }
};

}  // namespace detail

namespace detail {

/// What a column's type allows; the compiler's messages name the column by it.
template <auto... Column>
struct column_named {
  using field = typename member_path<Column...>::field;
  static constexpr bool may_be_null = field_is_optional<field>();
  static constexpr bool is_text = std::is_same_v<base_of<field>, std::string>;
  static constexpr bool is_numeric = summable<base_of<field>>;
  static constexpr bool is_moment =
      field_kind<base_of<field>>() == kind::timestamp || field_kind<base_of<field>>() == kind::date;
  static constexpr bool is_stored = !relation_like<field> || has_field_traits<field>;
  static constexpr bool is_one_value = field_kind<field>() != kind::embedded;
  static constexpr bool is_column = is_stored && is_one_value;
  template <class Value>
  static constexpr bool accepts = fits<field, Value>();
  /// True for what is no column at all: that is said instead.
  template <class Value>
  static constexpr bool accepts_value = !is_column || fits<field, Value>();
  template <auto... Other>
  static constexpr bool accepts_column = fits<field, typename member_path<Other...>::field>();
  template <class Value>
  static constexpr bool holds_null_of = may_be_null || !field_is_optional<Value>();
  /// Whether values of this type stand in lists: an empty one would need IS NULL.
  template <class Value>
  static constexpr bool lists = !field_is_optional<Value>();
  template <class Value>
  static constexpr bool computes_with = summable<Value>;
  /// Two numbers that the database computes compare whatever their types.
  template <class Value>
  static constexpr bool compares_with = fits<field, Value>() || (is_numeric && summable<base_of<Value>>);
  template <class Model>
  static constexpr bool belongs_to = std::is_same_v<typename member_path<Column...>::owner, Model>;
};

}  // namespace detail

/// Says to a comparison of text that upper and lower case are the same.
struct any_case_t {};
inline constexpr any_case_t any_case{};

/// An ordering term: a column or an expression, ascending or descending.
template <class... Models>
struct ordering {
  expression term;
  bool descending;
};

/// A column of a model, with its type: `tp::col<&User::email>`, or `tp::col<&User::address, &Address::city>` inside a
/// value object. Write a space before a comparison: `tp::col<&User::age> >= 18`.
template <auto... Members>
class column {
  using path = detail::member_path<Members...>;
  using named = detail::column_named<Members...>;

public:
  using owner = typename path::owner;
  using field = typename path::field;
  using base = detail::base_of<field>;

  static constexpr column_ref ref{
      &detail::meta<owner>::spec,
      reflect::offset_of<owner, alignof(field)>(__builtin_addressof(path::get(reflect::fake<owner>.value)))};

  operator expression() const noexcept { return expression(ref); }

  condition<owner> is_null() const {
    static_assert(named::may_be_null,
                  "tupelo: is_null() on a column that is never NULL: its field is not std::optional");
    expression e(ref);
    e.push(make_word(op::is_null));
    return e;
  }
  condition<owner> is_not_null() const {
    static_assert(named::may_be_null,
                  "tupelo: is_not_null() on a column that is never NULL: its field is not std::optional");
    expression e(ref);
    e.push(make_word(op::is_not_null));
    return e;
  }

  /// SQL's LIKE: `%` and `_` in the pattern are wildcards, `\` escapes them. Tells upper from lower case, as all
  /// comparisons of text do.
  condition<owner> like(std::string_view pattern) const { return match(comparison::like, pattern); }
  /// The text occurs in the column; nothing in it is a wildcard. The same for the two below.
  condition<owner> contains(std::string_view text) const { return match(comparison::contains, text); }
  condition<owner> starts_with(std::string_view text) const { return match(comparison::starts_with, text); }
  condition<owner> ends_with(std::string_view text) const { return match(comparison::ends_with, text); }
  /// The same four, upper and lower case being one: `.contains("ada", tp::any_case)`. Which letters are a pair is up to
  /// the database: SQLite knows those of ASCII, PostgreSQL those of the column's collation.
  condition<owner> like(std::string_view pattern, any_case_t) const {
    return match(comparison::like_any_case, pattern);
  }
  condition<owner> contains(std::string_view text, any_case_t) const {
    return match(comparison::contains_any_case, text);
  }
  condition<owner> starts_with(std::string_view text, any_case_t) const {
    return match(comparison::starts_with_any_case, text);
  }
  condition<owner> ends_with(std::string_view text, any_case_t) const {
    return match(comparison::ends_with_any_case, text);
  }

  /// `in(1, 2, 3)`, `in(vector)`, or `in(query)` of a query that selects one column. An empty list matches nothing.
  template <class First, class... Rest>
  condition<owner> in(const First& first, const Rest&... rest) const {
    if constexpr (sizeof...(Rest) == 0 && requires { first.core(); }) {
      static_assert(named::template accepts<typename First::result_type>,
                    "tupelo: in(): the subquery's column and this column have types that do not match");
      static_assert(First::is_uncorrelated,
                    "tupelo: in(): the subquery names columns of the outer query: use tp::exists()");
      return detail::with_query(expression(ref), first.core(), op::in_query);
    } else if constexpr (sizeof...(Rest) == 0 && requires { std::data(first); } && !text_like<First> &&
                         !(detail::field_kind<base>() == kind::bytes && bytes_like<First>)) {
      using element = std::remove_cvref_t<decltype(*std::data(first))>;
      static_assert(named::template accepts<element>, "tupelo: in(): the list's values do not match the column's type");
      static_assert(named::template lists<element>,
                    "tupelo: in(): the list holds std::optional values: leave the empty "
                    "ones out, and say || is_null() where they are meant");
      if constexpr (detail::fits<field, element>() && named::template lists<element>)
        return in_list<element>(std::data(first), std::size(first));
    } else {
      static_assert(named::template accepts<First> && (named::template accepts<Rest> && ...),
                    "tupelo: in(): the list's values do not match the column's type");
      static_assert(named::template lists<First> && (named::template lists<Rest> && ...),
                    "tupelo: in(): the list holds std::optional values: leave the empty ones out, and say || is_null() "
                    "where they are meant");
      if constexpr (detail::fits<field, First>() && (detail::fits<field, Rest>() && ...) &&
                    named::template lists<First> && (named::template lists<Rest> && ...)) {
        if constexpr (text_like<First>) {
          const std::string_view list[]{std::string_view(first), std::string_view(rest)...};
          return expression(ref, kind::text, list, 1 + sizeof...(Rest));
        } else {
          const std::common_type_t<First, Rest...> list[]{first, rest...};
          return in_list<std::common_type_t<First, Rest...>>(list, 1 + sizeof...(Rest));
        }
      }
    }
    return expression();
  }

  template <class Low, class High>
  condition<owner> between(const Low& low, const High& high) const {
    return (*this >= low) && (*this <= high);
  }

  ordering<owner> asc() const { return {expression(ref), false}; }
  ordering<owner> desc() const { return {expression(ref), true}; }

private:
  condition<owner> match(comparison c, std::string_view text) const {
    static_assert(named::is_text, "tupelo: like(), contains(), starts_with() and ends_with() need a text column");
    return {ref, c, literal(kind::text, text)};
  }

  template <class Element>
  static expression in_list(const Element* list, std::size_t count) {
    constexpr kind k = detail::value_kind<Element>();
    if constexpr (is_integer(k) && !detail::number<base>) {
      return texts_of(list, count);
    } else if constexpr (is_integer(k) && std::is_integral_v<base>) {
      return expression(ref, k, list, count, std::is_signed_v<Element> ? int{sizeof(Element)} : -int{sizeof(Element)});
    } else if constexpr (detail::number<Element>) {
      const std::vector<double> numbers(list, list + count);
      return expression(ref, numbers.data(), count);
    } else if constexpr (k == kind::text) {
      const std::vector<std::string_view> texts(list, list + count);
      return expression(ref, k, texts.data(), count);
    } else if constexpr (k == kind::boolean || k == kind::timestamp || k == kind::date) {
      std::vector<std::int64_t> words;
      words.reserve(count);
      detail::text_room<Element> room;
      kind as = k;
      for (std::size_t i = 0; i < count; ++i) {
        const literal value = detail::literal_of<field>(list[i], room);
        as = value.k;
        words.push_back(static_cast<std::int64_t>(value.word));
      }
      return expression(ref, as, words.data(), count, 8);
    } else {
      return texts_of(list, count);
    }
  }
  template <class Element>
  static expression texts_of(const Element* list, std::size_t count) {
    std::vector<std::string> texts;
    texts.reserve(count);
    [[maybe_unused]] detail::text_room<Element> room;
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (std::is_integral_v<Element>) {
        texts.push_back(std::to_string(list[i]));  // an integer against a decimal column
      } else {
        texts.emplace_back(detail::literal_of<field>(list[i], room).text);
      }
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return expression(ref, detail::field_kind<base>(), views.data(), count);
  }
};

template <auto... Members>
inline constexpr column<Members...> col{};

}  // namespace tupelo
