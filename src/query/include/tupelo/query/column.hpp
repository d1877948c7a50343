// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/query/value.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tupelo {

template <class... Models>
class condition;
template <class Term>
class json_place;
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

/// tp::range<T>, known by what it has.
template <class T>
concept range_like = requires {
  typename T::bound_type;
  T::range_name;
};
/// Whether a value of type Element may be among the elements of an array of type Array.
template <class Array, class Element>
consteval bool element_fits() {
  if constexpr (dimensions<Array>() != 1 || field_is_optional<Element>()) {
    return false;
  } else {
    return fits<typename Array::value_type, Element>();
  }
}
/// What carries elements of type Value to an array of Elements; a narrower one would cut them.
template <class Element, class Value>
using carried_element = std::conditional_t<
    std::is_same_v<Element, decimal>, decimal,
    std::conditional_t<
        text_like<Value>, std::string,
        std::conditional_t<std::is_floating_point_v<Element> && std::is_arithmetic_v<Value>, double, Value>>>;
/// In braces, which refuse to cut.
template <class Bound, class Value>
concept made_without_loss = requires(const Value& value) { Bound{value}; };
template <class Range, class Value>
consteval bool range_takes() {
  if constexpr (range_like<Range>) {
    return made_without_loss<typename Range::bound_type, Value>;
  } else {
    return false;
  }
}

/// What a column's type allows; the compiler's messages name the column by it.
template <auto... Column>
struct column_named {
  using field = typename member_path<Column...>::field;
  static constexpr bool may_be_null = field_is_optional<field>();
  static constexpr bool is_text = std::is_same_v<base_of<field>, std::string>;
  static constexpr bool is_numeric = summable<base_of<field>>;
  static constexpr bool is_moment =
      same_kind(field_kind<base_of<field>>(), kind::timestamp) || same_kind(field_kind<base_of<field>>(), kind::date);
  static constexpr bool is_json = std::is_same_v<base_of<field>, json>;
  static constexpr bool is_any_array = same_kind(field_kind<base_of<field>>(), kind::array);
  /// With elements to look for: databases know too different things of those of an array of rows.
  static constexpr bool is_array = dimensions<base_of<field>>() == 1;
  static constexpr bool is_range = range_like<base_of<field>>;
  static constexpr bool is_stored = !relation_like<field> || has_field_traits<field>;
  static constexpr bool is_one_value = !same_kind(field_kind<field>(), kind::embedded);
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
  template <class>
  static constexpr bool lists_braces = false;
  template <class Value>
  static constexpr bool computes_with = summable<Value>;
  /// Two numbers that the database computes compare whatever their types.
  template <class Value>
  static constexpr bool compares_with = fits<field, Value>() || (is_numeric && summable<base_of<Value>>);
  template <class Element>
  static constexpr bool has_elements_like = element_fits<base_of<field>, Element>();
  template <class Value>
  static constexpr bool spans = range_takes<base_of<field>, Value>();
  template <class Model>
  static constexpr bool belongs_to = std::is_same_v<typename member_path<Column...>::owner, Model>;
};

}  // namespace detail

namespace detail {

/// Stands among the models of a query for the rows that an alias names.
template <class Row>
struct aliased {};

/// Itanium C++ ABI 2.3: a pointer to data member is the offset.
template <class F, class C>
std::uint16_t offset_of_member(F C::* member) noexcept {
  std::ptrdiff_t offset;
  static_assert(sizeof offset == sizeof member);
  __builtin_memcpy(&offset, &member, sizeof offset);
  return static_cast<std::uint16_t>(offset);
}

/// The models whose columns a term names, each once.
template <class...>
struct models {};
template <class... A>
models<A...> operator+(models<A...>, models<>);
template <class... A, class B>
std::conditional_t<(std::is_same_v<A, B> || ...), models<A...>, models<A..., B>> operator+(models<A...>, models<B>);
template <class... A, class B, class C, class... D>
auto operator+(models<A...> a, models<B, C, D...>) -> decltype((a + models<B>()) + models<C, D...>());

/// The values of a list as they stand in a value buffer. By the type of the field, not by the column, so that columns
/// of one type share what is compiled.
template <class Field, class Element>
expression listed(column_ref ref, const Element* list, std::size_t count) {
  using base = base_of<Field>;
  constexpr kind k = value_kind<Element>();
  static_assert(!same_kind(k, kind::array), "tupelo: in(): an array is compared with ==, not looked up in a list");
  if constexpr (is_integer(k) && std::is_integral_v<base> && !is_mapped<Element>) {
    return expression(ref, k, list, count, std::is_signed_v<Element> ? int{sizeof(Element)} : -int{sizeof(Element)});
  } else {
    constexpr bool are_words = same_kind(k, kind::boolean) || same_kind(k, kind::timestamp) ||
                               same_kind(k, kind::date) || same_kind(k, kind::time_of_day) ||
                               (is_integer(k) && is_mapped<Element>);
    constexpr bool are_plain_texts = same_kind(k, kind::text) && !is_mapped<Element>;
    inline_word_buffer<16> words;
    [[maybe_unused]] text_room<Element> room;
    kind as = are_words || are_plain_texts ? k : value_kind<base>();
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (is_mapped<Element> && is_float(k)) {
        words.push(__builtin_bit_cast(std::uint64_t, static_cast<double>(field_traits<Element>::store(list[i]))));
      } else if constexpr (is_integer(k) && !number<base> && !is_mapped<Element>) {
        words.push_text(std::to_string(list[i]));  // an integer against a decimal column
      } else if constexpr (number<Element>) {
        words.push(__builtin_bit_cast(std::uint64_t, static_cast<double>(list[i])));
      } else if constexpr (are_plain_texts) {
        words.push_text(std::string_view(list[i]));
      } else {
        const literal value = literal_of<Field>(list[i], room);
        value.push_to(words);
        if constexpr (are_words) as = value.k;
      }
    }
    return expression(ref, as, words, count);
  }
}

/// A list of values beside what they are looked up by, which `Named` names in the compiler's messages: a column, or an
/// expression that stands before the list.
template <class Named, class Field, class First, class... Rest>
expression value_list(column_ref ref, const First& first, const Rest&... rest) {
  if constexpr (sizeof...(Rest) == 0 && requires { std::data(first); } && !text_like<First> &&
                !(same_kind(field_kind<base_of<Field>>(), kind::bytes) && bytes_like<First>)) {
    using element = std::remove_cvref_t<decltype(*std::data(first))>;
    if constexpr (fits<Field, element>() && !field_is_optional<element>()) {
      return listed<Field>(ref, std::data(first), std::size(first));
    } else {
      static_assert(Named::template accepts<element>, "tupelo: in(): the list's values do not match the column's type");
      static_assert(Named::template lists<element>,
                    "tupelo: in(): the list holds std::optional values: leave the empty "
                    "ones out, and say || is_null() where they are meant");
    }
  } else if constexpr (fits<Field, First>() && (fits<Field, Rest>() && ...) && !field_is_optional<First>() &&
                       (!field_is_optional<Rest>() && ...)) {
    if constexpr (text_like<First>) {
      const std::string_view list[]{std::string_view(first), std::string_view(rest)...};
      return expression(ref, kind::text, list, 1 + sizeof...(Rest));
    } else {
      const std::common_type_t<First, Rest...> list[]{first, rest...};
      return listed<Field>(ref, list, 1 + sizeof...(Rest));
    }
  } else {
    static_assert(Named::template accepts<First> && (Named::template accepts<Rest> && ...),
                  "tupelo: in(): the list's values do not match the column's type");
    static_assert(Named::template lists<First> && (Named::template lists<Rest> && ...),
                  "tupelo: in(): the list holds std::optional values: leave the empty ones out, and say || is_null() "
                  "where they are meant");
  }
  return expression();
}

template <class Named, class Query>
expression in_rows_of(expression&& left, const Query& query) {
  static_assert(Named::template accepts<typename Query::result_type>,
                "tupelo: in(): the subquery's column and this column have types that do not match");
  static_assert(Query::is_uncorrelated,
                "tupelo: in(): the subquery names columns of the outer query: use tp::exists()");
  return with_query(static_cast<expression&&>(left), query.core(), op::in_query);
}

}  // namespace detail

/// Says to a comparison of text that upper and lower case are the same.
struct any_case_t {};
inline constexpr any_case_t any_case{};

/// An ordering term: a column or an expression, ascending or descending.
template <class... Models>
struct ordering {
  using term_models = detail::models<Models...>;
  expression term;
  bool descending;
  kind of = kind::null;  ///< of the term's values, where no column says it
};

/// A column of a model, with its type: `tp::col<&User::email>`, or `tp::col<&User::address, &Address::city>` inside a
/// value object. Write a space before a comparison: `tp::col<&User::age> >= 18`.
template <auto... Members>
class column {
  using members = detail::member_path<Members...>;
  using named = detail::column_named<Members...>;

public:
  using owner = typename members::owner;
  using field = typename members::field;
  using base = detail::base_of<field>;
  using value_type = base;
  using selected_type = field;
  using term_models = detail::models<owner>;

  static constexpr column_ref ref{
      &detail::meta<owner>::spec,
      reflect::offset_of<owner, alignof(field)>(__builtin_addressof(members::get(reflect::fake<owner>.value)))};

  operator expression() const noexcept { return expression(ref); }

  condition<owner> is_null() const {
    static_assert(named::may_be_null,
                  "tupelo: is_null() on a column that is never NULL: its field is not std::optional. Of a row that an "
                  "outer join did not find, where_doesnt_have(…), !exists(…), or a comparison with "
                  "std::optional<…>() says it");
    expression e(ref);
    e.push(make_word(op::is_null));
    return e;
  }
  condition<owner> is_not_null() const {
    static_assert(
        named::may_be_null,
        "tupelo: is_not_null() on a column that is never NULL: its field is not std::optional. Of a row that an "
        "outer join did not find, where_doesnt_have(…), !exists(…), or a comparison with "
        "std::optional<…>() says it");
    expression e(ref);
    e.push(make_word(op::is_not_null));
    return e;
  }

  /// SQL's LIKE: `%` and `_` in the pattern are wildcards, `\` escapes them. Tells upper from lower case, as all
  /// comparisons of text do.
  condition<owner> like(std::string_view pattern) const { return match(comparison::like, pattern); }
  /// The text occurs in the column; nothing in it is a wildcard. The same for the two below.
  condition<owner> contains(std::string_view text) const
    requires(!named::is_array && !named::is_range && !named::is_json)
  {
    return match(comparison::contains, text);
  }
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
      return detail::in_rows_of<named>(expression(ref), first);
    } else {
      return detail::value_list<named, field>(ref, first, rest...);
    }
  }

  template <class Value>
  condition<owner> in(std::initializer_list<Value>) const {
    static_assert(named::template lists_braces<Value>, "tupelo: in() takes its values without braces: in(1, 2, 3)");
    return expression();
  }

  template <class Low, class High>
  condition<owner> between(const Low& low, const High& high) const {
    return (*this >= low) && (*this <= high);
  }

  // ---- arrays

  /// The element is in the array. NULL elements are nowhere found, and an array that is NULL gives NULL: the same for
  /// the two below.
  template <class Element>
    requires(named::is_array)
  condition<owner> contains(const Element& element) const {
    return with_elements<Element>(function::array_contains, &element, &element + 1);
  }
  /// All of these are in the array, in any order: `contains_all({"a", "b"})`, or a vector.
  template <class Element>
  condition<owner> contains_all(std::initializer_list<Element> elements) const {
    return with_elements<Element>(function::array_contains, elements.begin(), elements.end());
  }
  template <vector_like Elements>
  condition<owner> contains_all(const Elements& elements) const {
    return with_elements<typename Elements::value_type>(function::array_contains, elements.begin(), elements.end());
  }
  /// At least one of these is in the array.
  template <class Element>
  condition<owner> overlaps(std::initializer_list<Element> elements) const {
    return with_elements<Element>(function::array_overlaps, elements.begin(), elements.end());
  }
  template <vector_like Elements>
  condition<owner> overlaps(const Elements& elements) const {
    return with_elements<typename Elements::value_type>(function::array_overlaps, elements.begin(), elements.end());
  }
  /// The number of elements, NULL ones too.
  scalar<std::conditional_t<detail::field_is_optional<field>(), std::optional<std::int64_t>, std::int64_t>, owner>
  length() const {
    static_assert(named::is_array,
                  "tupelo: length() of a column needs an array of one dimension; of a text it is tp::length(column)");
    return called(expression(ref), function::array_length, 1);
  }

  // ---- ranges

  /// The value is in the range.
  template <class Value>
    requires(named::is_range && !detail::range_like<Value>)
  condition<owner> contains(const Value& value) const {
    static_assert(named::template spans<Value>, "tupelo: contains(): the value does not match the range's type");
    if constexpr (named::template spans<Value>) {
      // As a range of this one value it is of the column's own type, whatever the width of the value.
      return in_range(function::range_contains,
                      detail::value_expression<base>(base::only(typename base::bound_type{value})));
    } else {
      return expression();
    }
  }
  /// Both ranges have a value in common.
  template <detail::range_like Range>
  condition<owner> overlaps(const Range& range) const {
    static_assert(named::template accepts<Range>, "tupelo: overlaps(): the two ranges have types that do not match");
    return in_range(function::range_overlaps, detail::value_expression<Range>(range));
  }

  // ---- JSON

  /// A place in the documents, by keys of objects and positions in arrays: `.path("author", "name").as<std::string>()`.
  template <class... Keys>
  json_place<column> path(const Keys&... keys) const {
    static_assert(named::is_json, "tupelo: path() needs a tp::json column");
    return json_place<column>(*this, keys...);
  }
  /// The document has all that this one has: every key with such a value, and of arrays every element. Errors when run:
  /// unsupported_feature where the database cannot ask that.
  condition<owner> contains(const json& document) const
    requires(named::is_json)
  {
    return called(static_cast<expression&&>(expression(ref).append(detail::value_expression<json>(document))),
                  function::json_contains, 2);
  }

  ordering<owner> asc() const { return {expression(ref), false}; }
  ordering<owner> desc() const { return {expression(ref), true}; }

private:
  condition<owner> match(comparison c, std::string_view text) const {
    static_assert(named::is_text, "tupelo: like(), contains(), starts_with() and ends_with() need a text column");
    return {ref, c, literal(kind::text, text)};
  }

  static expression called(expression&& arguments, function f, std::uint16_t count) {
    arguments.push(make_word(op::call, static_cast<std::uint8_t>(f), count));
    return static_cast<expression&&>(arguments);
  }
  static expression in_range(function f, const expression& with) {
    return called(static_cast<expression&&>(expression(ref).append(with)), f, 2);
  }
  template <class Element, class Iterator>
  static expression with_elements(function f, Iterator first, Iterator last) {
    static_assert(named::is_array, "tupelo: contains_all() and overlaps() need an array column of one dimension");
    static_assert(!named::is_array || named::template has_elements_like<Element>,
                  "tupelo: these values cannot be elements of this array: their types do not match");
    if constexpr (named::template has_elements_like<Element>) {
      using carried = detail::carried_element<detail::base_of<typename base::value_type>, Element>;
      std::vector<carried> elements;
      for (; first != last; ++first) elements.push_back(carried(*first));
      return called(static_cast<expression&&>(expression(ref).append(detail::value_expression<base>(elements))), f, 2);
    } else {
      return expression();
    }
  }
};

template <auto... Members>
inline constexpr column<Members...> col{};

}  // namespace tupelo
