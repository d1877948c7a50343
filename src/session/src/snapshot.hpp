// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/row_words.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// The columns of an object as words: a bit for each that says whether it has a value, then the values as in a buffer.
using snapshot = std::vector<std::uint64_t>;

/// Errors: value_error (invalid_enum).
snapshot take_snapshot(const model_info& info, const void* object);
/// The same into `kept`.
void take_snapshot(const model_info& info, const void* object, row_words& kept);
/// Whether the object's columns are those of the snapshot; if `changed` is given, the positions of those that are not.
bool matches(const model_info& info, const void* object, words_view taken, std::vector<std::uint16_t>* changed);
/// Gives the object's columns the values of the snapshot; one column only where `field` is its position.
void restore(const model_info& info, void* object, words_view taken, int field = -1);
/// Its columns that are as in `from` become as in `to`.
void follow_row(const model_info& info, void* object, words_view from, words_view to);
/// WHERE the row's columns at these positions have the values of the snapshot; those of JSON and arrays are left out.
/// Of the mark of a deleted row it is whether there is one: the field may hold less of the time than the row.
void compare_fields(query_core& core, const model_info& info, words_view taken,
                    const std::vector<std::uint16_t>& fields);
/// The columns by which a row may be compared with what was read of it: fields of the others may hold less than it, or
/// have a type whose values the database cannot compare.
std::vector<std::uint16_t> comparable_fields(const model_info& info);
/// The values that these columns have in the snapshot, as the words of a key; empty where one is NULL.
std::vector<std::uint64_t> values_in(const model_info& info, words_view taken,
                                     const std::vector<std::uint16_t>& fields);
bool is_null_in(const model_info& info, words_view taken, std::uint16_t field);
/// Whether the row was marked as deleted, and the object is so no more.
bool ends_mark(const model_info& info, const void* object, words_view taken);
/// Appends the object's key as a query by key has it.
void push_key(const model_info& info, const void* object, word_buffer& out);

}  // namespace tupelo::detail
