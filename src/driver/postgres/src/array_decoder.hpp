// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_decoder.hpp"

#include <cstdint>

namespace tupelo::driver::postgres {

/// One value that is not NULL into its field. `forms` is the chain of a row_column.
/// Errors: decode_error naming the column; connection_error (connection_lost) for bytes that are no such value.
void decode_value(const column_form* forms, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size);

/// The server's binary form of an array, whose elements have the form `element`, in as many dimensions as the field
/// has. Errors: also decode_error for another number of them. Source: array_send and array_recv of the server.
void decode_array(const column_form* element, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size);

/// connection_error: the bytes are no value of the type that the server said they are.
[[noreturn, gnu::cold]] void refuse_length(const field_slot& slot);

}  // namespace tupelo::driver::postgres
