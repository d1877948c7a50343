// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "receive_buffer.hpp"
#include "row_decoder.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver::postgres {

/// The rows of one COPY … TO STDOUT in binary, as DataRow has them.
/// Source: PostgreSQL documentation, COPY, "Binary Format".
class copy_reader {
public:
  /// Whether what the columns hold in binary is what their fields are read from.
  static bool can_read(const row_layout& layout, std::span<const result_column> columns) noexcept;
  /// COPY of what a query gives; empty where the text is none that COPY takes.
  static std::string statement(std::string_view query);

  /// Before: can_read.
  explicit copy_reader(std::span<const result_column> columns);

  /// The row in a CopyData message; false: it has none. The row ends with the message or the next call.
  /// Errors: connection_error (connection_lost) where it is no such message.
  bool next(const backend_message& data, backend_message& row);

private:
  std::string_view behind_header(std::string_view data) const;
  std::string_view without_versions(std::string_view row);

  std::vector<bool> versioned_;  ///< columns that have their format's version in front: jsonb
  bool has_versions_ = false;
  bool begun_ = false;
  bool ended_ = false;
  std::string scratch_;
};

}  // namespace tupelo::driver::postgres
