// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Full-text search of models that declare what is searched: `m.search_index("english", &Post::title, &Post::body)`.
//
// What is looked for is text as people write it: `rust lang` finds rows that have both words, `"rust lang"` those that
// have one behind the other, `-java` takes away, `lang*` is any word that begins so. No text is an error: what means
// nothing is passed over, and a text without a word to look for finds nothing. Of a very long text the first 32 words
// count.

namespace tupelo {

namespace detail {

/// The words in the form in which they are bound: texts in double quotes, `"a" "b c" "d" * NOT "e"`, those that must
/// not be there last. No quotation mark, backslash or asterisk is in a text; empty when nothing is looked for.
std::string search_words(std::string_view text);
/// Asks the search index of a model, or of an alias.
expression search_expression(function what, std::uint32_t table, std::string_view text);
/// Shows a field of it. `words`: how many of them; 0: all. Errors: query_error for a number that is not 2 to 64.
expression search_excerpt(std::uint64_t column, std::uint32_t table, std::string_view text, std::string_view before,
                          std::string_view behind, const std::int64_t* words);

}  // namespace detail

/// The rows whose searched fields have these words: `db.query<Post>().where(tp::matches<Post>("rust lang -java"))`.
/// Errors when run: query_error where the model has no search index.
template <class Model>
condition<Model> matches(std::string_view text) {
  return detail::search_expression(function::search_matches, id_of(detail::meta<Model>::spec), text);
}
/// How well a row matches, for `order_by(tp::search_rank<Post>("rust lang").desc())`: the better, the larger. What the
/// number is, is up to the database; order by a second term where equal ones must keep their places.
template <class Model>
scalar<double, Model> search_rank(std::string_view text) {
  return detail::search_expression(function::search_rank, id_of(detail::meta<Model>::spec), text);
}

/// The field's text with `before` and `behind` around each word that is found. The text itself is not escaped: for
/// HTML, mark words by characters that no text has, escape, then put tags in their place. Before: the search index has
/// the field, and the row matches.
template <auto... M>
auto highlight(column<M...> c, std::string_view text, std::string_view before, std::string_view behind) {
  using model = typename column<M...>::owner;
  return scalar<std::string, model>(
      detail::search_excerpt(c.ref.word(op::column), id_of(detail::meta<model>::spec), text, before, behind, nullptr));
}
/// The same of a part of the text, of so many words, where those that are looked for stand close together; which part
/// is up to the database.
template <auto... M>
auto snippet(column<M...> c, std::string_view text, std::string_view before, std::string_view behind,
             std::int64_t words = 20) {
  using model = typename column<M...>::owner;
  return scalar<std::string, model>(
      detail::search_excerpt(c.ref.word(op::column), id_of(detail::meta<model>::spec), text, before, behind, &words));
}

}  // namespace tupelo
