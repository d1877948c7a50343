// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/aggregates.hpp"
#include "tupelo/query/term.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo {

namespace detail {

/// The steps of a path as the words behind op::json_path hold them. Errors: query_error for a key with a NUL byte.
void add_step(std::string& steps, std::string_view key);
void add_step(std::string& steps, std::int64_t position);

template <class Key>
void add_key(std::string& steps, const Key& key) {
  if constexpr (std::is_integral_v<Key>) {
    add_step(steps, static_cast<std::int64_t>(key));
  } else {
    add_step(steps, std::string_view(key));
  }
}
template <class T>
inline constexpr bool is_in_json = std::is_same_v<T, std::string> || std::is_same_v<T, bool> || number<T> ||
                                   std::is_same_v<T, decimal> || std::is_same_v<T, json>;
template <class Value>
inline constexpr bool goes_into_json =
    text_like<base_of<typename operand<Value>::value_type>> || is_in_json<base_of<typename operand<Value>::value_type>>;

}  // namespace detail

/// A place in the JSON documents of a column: `tp::col<&Post::meta>.path("author", "name")`. A key names something in
/// objects alone, a position in arrays alone.
template <class Term>
class json_place {
  using models = typename Term::term_models;
  template <class T>
  using found = typename detail::over<models>::template scalar<T>;

public:
  template <class... Keys>
  explicit json_place(const Term& document, const Keys&... keys) : document_(document) {
    static_assert(((std::is_integral_v<Keys> || text_like<Keys>) && ...),
                  "tupelo: path() takes keys of objects and positions in arrays");
    static_assert(sizeof...(Keys) > 0, "tupelo: path() names no place: it takes at least one key or position");
    (detail::add_key(steps_, keys), ...);
  }

  /// What is there, as a T: std::string, bool, integers, floating point, tp::decimal, tp::json. NULL where nothing is
  /// there, and where a string, a boolean or a number is asked for and something else is, or a number that the type
  /// does not hold. An integer is cut from a fraction; 64-bit integers and decimals lose nothing. Of what is larger
  /// than a std::int64_t a tp::decimal is told.
  template <class T>
  found<std::optional<T>> as() const {
    static_assert(detail::is_in_json<T>,
                  "tupelo: as<T>(): JSON holds std::string, bool, numbers, tp::decimal and tp::json");
    static_assert(!same_kind(detail::field_kind<T>(), kind::u64),
                  "tupelo: as<T>(): a database computes with signed integers of 64 bits: say as<std::int64_t>(), or "
                  "as<tp::decimal>() for numbers above 9223372036854775807");
    expression e = begin();
    e.push(detail::call_word(function::json_get, 2, static_cast<std::uint32_t>(detail::field_kind<T>())));
    return e;
  }
  /// Something is there, be it null.
  auto exists() const {
    expression e = begin();
    e.push(detail::call_word(function::json_has, 2));
    return typename detail::over<models>::condition(static_cast<expression&&>(e));
  }
  /// The document with this value there: text, a boolean, a number, a document; a column or expression of these. What
  /// is NULL, as `std::nullopt`, is JSON's null there. The same document where nothing is around the place; the
  /// position behind the last one is added.
  template <class Value>
  auto with(const Value& value) const {
    if constexpr (std::is_same_v<Value, std::nullopt_t> || std::is_null_pointer_v<Value>) {
      return with(std::optional<bool>());
    } else {
      static_assert(detail::goes_into_json<Value>, "tupelo: a value of this type has no place in JSON");
      expression e = begin();
      detail::add_argument<detail::base_of<typename detail::operand<Value>::value_type>>(e, value);
      e.push(detail::call_word(function::json_set, 3));
      using all = decltype(models() + typename detail::operand<Value>::models());
      return typename detail::over<all>::template scalar<detail::null_passed<json, Term>>(static_cast<expression&&>(e));
    }
  }

private:
  expression begin() const {
    expression e(document_);
    e.push_text(steps_);
    return e;
  }

  Term document_;
  std::string steps_;
};

/// The values of all rows as one JSON array, in no certain order; `[]` without rows. Integers and decimals lose
/// nothing.
template <detail::term Term>
auto json_agg(const Term& term) {
  using type = typename detail::term_named<Term>::type;
  static_assert(detail::is_in_json<type>,
                "tupelo: json_agg() needs a column or expression of text, numbers, bool or JSON");
  return detail::aggregate_of<json>(function::json_agg, term);
}

}  // namespace tupelo
