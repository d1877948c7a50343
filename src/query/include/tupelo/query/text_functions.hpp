// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

// The same results on every database but for letters: which of them are a pair of upper and lower case is up to the
// database. SQLite knows those of ASCII, PostgreSQL those of the collation. NULL where an argument is NULL.

namespace tupelo {

namespace detail {

void require_position(std::int64_t position);
void require_count(std::int64_t count);

}  // namespace detail

template <detail::term Term>
auto lower(const Term& text) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: lower() needs a text column or expression");
  return detail::call<std::string, std::string>(function::lower, 0, text);
}
template <detail::term Term>
auto upper(const Term& text) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: upper() needs a text column or expression");
  return detail::call<std::string, std::string>(function::upper, 0, text);
}
/// In characters.
template <detail::term Term>
auto length(const Term& text) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: length() needs a text column or expression");
  return detail::call<std::int64_t, std::int64_t>(function::length, 0, text);
}
/// Without the spaces at both ends; those of other kinds (tabs, line ends) stay. The same for the two below.
template <detail::term Term>
auto trim(const Term& text) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: trim() needs a text column or expression");
  return detail::call<std::string, std::string>(function::trim, 0, text);
}
template <detail::term Term>
auto trim_start(const Term& text) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: trim_start() needs a text column or expression");
  return detail::call<std::string, std::string>(function::trim_start, 0, text);
}
template <detail::term Term>
auto trim_end(const Term& text) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: trim_end() needs a text column or expression");
  return detail::call<std::string, std::string>(function::trim_end, 0, text);
}

/// As many characters from this position on, the first being 1; fewer where the text ends:
/// `tp::substr(tp::col<&User::email>, 1, 3)`. Before: expressions among the numbers keep to what is asked of values.
/// Errors: query_error for a position below 1 or a negative count.
template <detail::term Term, class From, class Count>
auto substr(const Term& text, const From& from, const Count& count) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: substr() needs a text column or expression");
  static_assert(detail::is_whole<From> && detail::is_whole<Count>,
                "tupelo: substr(): position and count are whole numbers");
  if constexpr (std::is_integral_v<From>) detail::require_position(static_cast<std::int64_t>(from));
  if constexpr (std::is_integral_v<Count>) detail::require_count(static_cast<std::int64_t>(count));
  return detail::call<std::string, std::int64_t>(function::substr, 0, text, from, count);
}
/// With every occurrence of `sought` replaced; upper and lower case differ.
template <detail::term Term, class Sought, class By>
auto replace(const Term& text, const Sought& sought, const By& by) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: replace() needs a text column or expression");
  static_assert(detail::is_text<Sought> && detail::is_text<By>,
                "tupelo: replace(): what is replaced, and by what, are texts");
  return detail::call<std::string, std::string>(function::replace, 0, text, sought, by);
}
/// Where `sought` first begins in the text, from 1; 0 where it does not occur.
template <detail::term Term, class Sought>
auto position(const Term& text, const Sought& sought) {
  static_assert(detail::term_named<Term>::is_text, "tupelo: position() needs a text column or expression");
  static_assert(detail::is_text<Sought>, "tupelo: position(): what is looked for is a text");
  return detail::call<std::int64_t, std::string>(function::position, 0, text, sought);
}
/// One behind the other: `tp::concat(tp::col<&User::first>, " ", tp::col<&User::last>)`. Numbers are cast to text
/// before. NULL where one of them is NULL: coalesce() those that may be.
template <class... Texts>
  requires(sizeof...(Texts) > 1 && (detail::term<Texts> || ...))
auto concat(const Texts&... texts) {
  static_assert((detail::is_text<Texts> && ...), "tupelo: concat() takes texts: tp::cast<std::string>(…) what is none");
  return detail::call<std::string, std::string>(function::concat, 0, texts...);
}

}  // namespace tupelo
