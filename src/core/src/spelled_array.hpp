// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/field.hpp>

#include <string>
#include <string_view>

// Arrays as PostgreSQL spells them: `{a,"b c",NULL}`, `{{1,2},{3,4}}`.
// Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
namespace tupelo::detail {

/// Errors: decode_error for text that is no array, for one of other dimensions, and for elements that the field does
/// not take.
void store_spelled_array(const field_slot& slot, void* array, std::string_view text);
/// Errors: value_error.
void spell_array(const field_slot& slot, const void* array, std::string& out);

}  // namespace tupelo::detail
