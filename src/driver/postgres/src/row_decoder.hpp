// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "send_buffer.hpp"
#include "type_catalog.hpp"

#include <tupelo/core/statement.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver::postgres {

/// One column of a result, as the server describes it.
struct result_column {
  std::string_view name;
  std::uint32_t type = 0;
  std::int32_t modifier = -1;
};

/// What a column's bytes are and how they reach the field.
enum class column_form : std::uint8_t {
  // The field is what the server sends: nothing but the length is checked.
  boolean_as_is,
  int4_as_is,
  int8_as_is,
  float4_as_is,
  float8_as_is,
  text_as_is,
  timestamp_as_is,
  uuid_as_is,
  // binary, with a conversion or a check
  boolean,
  int2,
  int4,
  int8,
  oid,
  float4,
  float8,
  numeric,
  bytea,
  date,
  timestamp,
  uuid,
  interval,
  time_of_day,
  array,
  range,       ///< the next form is that of its bounds
  multirange,  ///< the next form is that of its ranges
  composite,   ///< says itself of which types its attributes are
  own_bytes,   ///< what the field_traits of a field read
  jsonb,       ///< its text behind a version; of elements and attributes only: a column alone is sent as text
  mapped,      ///< a field with `field_traits`: the next form is that of what it is stored as
  // text format
  text,
  array_text,
};

struct row_column {
  field_slot slot;
  column_form form{};
  /// Behind `mapped` what it is stored as, behind `array` its elements, behind ranges their bounds. A mapped type may
  /// be stored as an array of types that are stored as multiranges.
  column_form inner[6]{};
  std::uint32_t element_type = 0;  ///< of arrays: the server's; 0: that of composites, which is not known
};

/// How the rows of one prepared statement are decoded; made once. It has no part of the plan it was made from, but
/// names columns as long as the model's description lives.
struct row_layout {
  std::vector<row_column> columns;  ///< empty: rows are not decoded
  std::string formats;              ///< Bind's result-format codes, as they are sent
};

/// Whether the column is read from the binary format.
bool is_binary(const row_column& column) noexcept;

/// Matches the result's columns with the plan's fields. Binary wherever the field can be filled from it; text fields
/// take every type that is no number, in the server's own spelling.
///
/// Errors: query_error when there are more or fewer columns than fields; decode_error (type_mismatch) naming the
/// column, its type, which the catalog may know the name of, and the field's.
row_layout plan_row(const statement_plan& plan, std::span<const result_column> columns,
                    const type_catalog& catalog = {});

/// Writes the end of a Bind message: the format of each result column.
void write_result_formats(send_buffer& out, const row_layout& layout);

/// Decodes the body of a DataRow message into the object's fields. An object that it failed on is half filled.
///
/// Errors: decode_error naming the column and the field's kind; connection_error (connection_lost) when the bytes are
/// no such row: nothing more that this server sends can be trusted.
void decode_row(const row_layout& layout, const char* body, std::uint32_t size, void* object);

}  // namespace tupelo::driver::postgres
