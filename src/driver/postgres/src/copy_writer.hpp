// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_messages.hpp"
#include "send_buffer.hpp"
#include "value_binder.hpp"

#include <tupelo/core/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tupelo::driver::postgres {

/// The rows of one COPY … FROM STDIN on their way to the server: in binary, or as text where a column's type has no
/// binary form here.
/// Source: PostgreSQL documentation, COPY, "File Formats".
class copy_writer {
public:
  /// What is collected before it is sent; `out` grows beyond it by one row at most.
  static constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;

  /// Errors: query_error naming the column whose field cannot be sent as its type.
  copy_writer(const statement_plan& plan, std::span<const std::uint32_t> column_types, std::uint32_t server_version,
              const type_catalog& catalog);

  const std::string& text() const noexcept { return plan_.text; }
  /// The same with the format.
  std::string statement() const;
  /// Errors: connection_error where the server expects something else than was said.
  void check(const copy_response& response) const;
  void begin(send_buffer& out) const;
  /// Rows until there is a chunk or none are left; gives how many. Errors: as write_copy_rows.
  std::size_t write(send_buffer& out, const void* const* objects, std::size_t count) const;
  void end(send_buffer& out) const;

private:
  const statement_plan& plan_;
  parameter_layout layout_;
  copy_layout rows_;  ///< where binary_
  bool binary_;
};

}  // namespace tupelo::driver::postgres
