// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "send_buffer.hpp"
#include "type_catalog.hpp"

#include <tupelo/core/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tupelo::driver::postgres {

/// How a value is written for the server.
enum class parameter_form : std::uint8_t {
  refused,  ///< the kind cannot be sent as the type
  null,
  // the type's binary form
  boolean,
  int2,
  int4,
  int8,
  oid,
  float4,
  float8,
  numeric,
  text,  ///< is the same in both formats
  jsonb,
  bytea,
  date,
  timestamp,  ///< with and without time zone: both are sent as UTC
  uuid,
  interval,
  finite_interval,  ///< for servers before version 17
  time_of_day,
  range,  ///< of a type of its own, as the three behind it
  multirange,
  composite,
  own_bytes,  ///< what the field_traits of the type write
  // the type's text form
  literal,
  // an array, or a list as one parameter
  array,          ///< binary
  array_literal,  ///< text: elements that have no binary form here, and arrays of types that users made
};

/// What needs no look at kind or range: the field, or the query's value, is already what the server takes.
enum class parameter_shortcut : std::uint8_t { none, boolean, int4, int8, float8, text, timestamp, uuid };

struct composite_layout;

struct parameter_step {
  parameter_form form{};
  parameter_form element{};  ///< of arrays
  parameter_form bound{};    ///< of ranges and multiranges
  parameter_shortcut shortcut{};
  kind k{};                                     ///< of a mapped field what it is stored as
  std::uint32_t type = 0;                       ///< the server's, for messages
  std::uint32_t element_type = 0;               ///< of arrays
  std::uint32_t bound_type = 0;                 ///< of ranges and multiranges
  const composite_layout* composite = nullptr;  ///< of composites; owned by the parameter_layout
  const type_ops* own = nullptr;  ///< of the four forms above, where values come as texts from a query's buffer
};

/// How the attributes of one composite are written. The server takes them with exactly the types that its own have.
struct composite_layout {
  struct attribute {
    parameter_step how;
    std::uint32_t type = 0;
  };
  std::vector<attribute> attributes;
};

/// How the parameters of one prepared statement are written; made once, valid for that plan on that connection.
struct parameter_layout {
  std::vector<parameter_step> steps;  ///< one per bind; `rows_per_statement` times as many where the rows differ
  std::string prefix;                 ///< Bind's format codes and the number of parameters, as they are sent
  bool rows_differ = false;
  std::vector<std::unique_ptr<const composite_layout>> composites;  ///< that steps point to
};

/// The types that the parameters of raw SQL are sent as: those of their values. 0, which leaves it to the server, for
/// texts, which may be meant as anything, and NULL. Empty for statements that Tupelo made: there the server tells.
std::vector<std::uint32_t> wanted_parameter_types(const statement_plan& plan);
/// Whether the server may be told the type of a parameter neither by these nor by the statement.
bool leaves_types_open(const statement_plan& plan);

/// As `server_version_num`. Source: PostgreSQL 17 release notes, infinite intervals.
inline constexpr std::uint32_t first_with_infinite_intervals = 170'000;

/// The types that the catalog does not know and that `plan_parameters` should find there: those of composites and of
/// arrays of them. `of_rows`: for a COPY, also those of enums, where one text would make all columns texts.
std::vector<std::uint32_t> types_to_ask_for(const statement_plan& plan, std::span<const std::uint32_t> parameter_types,
                                            const type_catalog& catalog, bool of_rows = false);

/// Matches what the plan binds with the types that the server expects. A version that is not known is 0, older than
/// all. Composites that the catalog does not know are sent as texts.
///
/// Errors: query_error naming the parameter: another number of parameters, a kind that cannot be sent as the type, more
/// than 65535 of them; a composite with other attributes.
parameter_layout plan_parameters(const statement_plan& plan, std::span<const std::uint32_t> parameter_types,
                                 std::uint32_t server_version = 0, const type_catalog& catalog = {});

/// Writes the middle of a Bind message: format codes, number of parameters, values. Nothing of it remains in `out` when
/// it throws. `send_buffer::end` refuses what is too long.
///
/// Errors: value_error (value_out_of_range, invalid_text, invalid_enum, invalid_value) naming the parameter and the
/// server's type, never the value.
void write_parameters(send_buffer& out, const parameter_layout& layout, const statement_plan& plan,
                      const std::uint64_t* values, const void* const* objects);

/// Whether the form is one that only the value's own type knows.
constexpr bool is_own(parameter_form form) noexcept {
  return form >= parameter_form::range && form <= parameter_form::own_bytes;
}

/// Whether all values have a binary form, so that rows can be copied in binary.
bool is_binary(const parameter_layout& layout) noexcept;

/// What is known of all rows of a COPY before the first of them; made once, for binary rows.
struct copy_layout {
  struct column {
    const type_ops* type = nullptr;
    std::uint16_t offset = 0;
    bool nullable = false;
    parameter_shortcut shortcut{};
  };
  /// The texts of an object lie elsewhere: brings them near before they are written.
  void read_ahead(const void* object) const noexcept {
    for (const std::uint16_t offset : texts)
      __builtin_prefetch(reinterpret_cast<const std::string*>(static_cast<const char*>(object) + offset)->data());
  }

  std::vector<column> columns;
  std::vector<std::uint16_t> texts;  ///< where those are that are never NULL
  std::size_t fixed_bytes = 0;       ///< of a row, without the texts and what has no shortcut
};
copy_layout plan_copied_rows(const parameter_layout& layout, const statement_plan& plan);

/// Writes objects as rows of COPY, in binary or (where `rows` is null) in text, until `out` holds `full` bytes or more;
/// gives how many were written. Nothing of the row remains in `out` that it fails on. Before: every bind of the plan is
/// a field.
///
/// Errors: as write_parameters.
std::size_t write_copy_rows(send_buffer& out, const parameter_layout& layout, const statement_plan& plan,
                            const copy_layout* rows, const void* const* objects, std::size_t count, std::size_t full);

}  // namespace tupelo::driver::postgres
