// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_decoder.hpp"

#include <tupelo/core/field.hpp>

#include <cstdint>

// The binary forms of types that are more than one value.
// Errors: decode_error naming the column; connection_error (connection_lost) for bytes that are no such value.
namespace tupelo::driver::postgres {

/// How a value of the server's type is read into the field. `forms` gets as many as a row_column has. False where the
/// field cannot hold the type.
bool plan_forms(const field_slot& slot, std::uint32_t type, column_form* forms, std::uint32_t& element_type);
/// How many forms there may be for one value.
inline constexpr std::size_t most_forms = 1 + sizeof(row_column::inner);

/// Source: range_send of the server.
void decode_range(const column_form* bound, const field_slot& slot, void* field, const char* data, std::uint32_t size);
/// Source: multirange_send of the server.
void decode_multirange(const column_form* range, const field_slot& slot, void* field, const char* data,
                       std::uint32_t size);
/// Errors: also decode_error (type_mismatch) for another number of attributes, and for one whose field cannot hold its
/// type. Source: record_send of the server.
void decode_composite(const field_slot& slot, void* field, const char* data, std::uint32_t size);

}  // namespace tupelo::driver::postgres
