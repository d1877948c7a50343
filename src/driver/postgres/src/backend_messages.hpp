// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "receive_buffer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the server's messages say. Views end with the message; what outlives it is a string.
///
/// Errors: every parser throws connection_error (connection_lost) for a message that does not hold what its type
/// promises. Before: the message has the type that the parser is named after.
/// Source: PostgreSQL documentation, "Message Formats" and "Error and Notice Message Fields".
namespace tupelo::driver::postgres {

/// ErrorResponse and NoticeResponse. Where in the server's sources it was raised is left out, but for the routine.
struct error_fields {
  std::string severity;  ///< never translated: ERROR, FATAL, PANIC, WARNING, NOTICE, DEBUG, INFO, LOG
  std::string sqlstate;
  std::string message;
  std::string detail;  ///< may repeat a row's values: never shown
  std::string hint;
  std::string where;  ///< may repeat values: never shown
  std::string schema;
  std::string table;
  std::string column;
  std::string data_type;
  std::string constraint;
  std::string routine;  ///< tells errors that functions raise from the server's own
  std::string internal_query;
  std::uint32_t position = 0;           ///< in the statement, from 1, in characters; 0: not told
  std::uint32_t internal_position = 0;  ///< in `internal_query`

  /// Whether the server ends the connection with it.
  bool ends_connection() const noexcept { return severity == "FATAL" || severity == "PANIC"; }
};
error_fields parse_error(const backend_message& message);

/// A column of a result.
struct column_description {
  std::string_view name;
  std::uint32_t table = 0;  ///< 0: not a table's column
  std::int16_t attribute = 0;
  std::uint32_t type = 0;
  std::int16_t type_size = 0;  ///< negative: varies
  std::int32_t modifier = -1;
  std::int16_t format = 0;  ///< 0 text (also where it is not known yet), 1 binary
};
/// Replaces what `columns` holds, and keeps its memory.
void parse_row_description(const backend_message& message, std::vector<column_description>& columns);
void parse_parameter_description(const backend_message& message, std::vector<std::uint32_t>& types);

/// CommandComplete: `INSERT 0 3`, `SELECT 5`, `CREATE TABLE`.
struct command_result {
  std::string_view tag;
  std::uint64_t count = 0;  ///< the number at its end, 0 where it has none
  bool reads = false;       ///< SELECT, FETCH, SHOW …: `count` are rows read, none was changed
};
command_result parse_command_complete(const backend_message& message);

enum class transaction_status : char { idle = 'I', open = 'T', failed = 'E' };
transaction_status parse_ready_for_query(const backend_message& message);

struct parameter_status {
  std::string_view name;
  std::string_view value;
};
parameter_status parse_parameter_status(const backend_message& message);

struct backend_key {
  std::uint32_t process = 0;
  std::string key;  ///< 4 bytes in protocol 3.0, up to 256 from 3.2 on; empty: the server cannot cancel
};
backend_key parse_backend_key(const backend_message& message);

struct notification {
  std::uint32_t process = 0;
  std::string_view channel;
  std::string_view payload;
};
notification parse_notification(const backend_message& message);

struct protocol_negotiation {
  std::uint32_t version = 0;  ///< the newest that the server speaks
  std::vector<std::string_view> unknown_options;
};
protocol_negotiation parse_negotiate_protocol_version(const backend_message& message);

/// CopyInResponse and CopyOutResponse.
struct copy_response {
  bool binary = false;
  std::uint16_t columns = 0;
};
copy_response parse_copy_response(const backend_message& message);

enum class authentication_kind : std::uint32_t {
  ok = 0,
  kerberos_v5 = 2,
  cleartext_password = 3,
  scm_credentials = 6,
  md5_password = 5,
  gss = 7,
  gss_continue = 8,
  sspi = 9,
  sasl = 10,
  sasl_continue = 11,
  sasl_final = 12,
};
struct authentication_request {
  authentication_kind kind = authentication_kind::ok;  ///< others than those named are possible
  std::string_view data;                               ///< salt, or the mechanism's own
  std::vector<std::string_view> mechanisms;            ///< of sasl
};
authentication_request parse_authentication(const backend_message& message);

}  // namespace tupelo::driver::postgres
