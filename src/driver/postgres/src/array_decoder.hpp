// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_decoder.hpp"

#include <cstdint>
#include <string_view>

namespace tupelo::driver::postgres {

/// One value that is not NULL into its field. `forms` is the chain of a row_column.
/// Errors: decode_error naming the column; connection_error (connection_lost) for bytes that are no such value.
void decode_value(const column_form* forms, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size);

/// The server's binary form of an array. Errors: also decode_error for more than one dimension.
/// Source: array_send and array_recv of the server.
void decode_array(const column_form* element, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size);
/// `{a,"b c",NULL}`, also of types that users made.
void decode_array_text(const field_slot& slot, void* field, std::string_view text);

/// connection_error: the bytes are no value of the type that the server said they are.
[[noreturn, gnu::cold]] void refuse_length(const field_slot& slot);

}  // namespace tupelo::driver::postgres
