// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "send_buffer.hpp"

#include <cstdint>
#include <span>
#include <string_view>

/// The messages of a client, each appended whole to what waits to be sent.
///
/// Errors: query_error (invalid_text) for a statement, name or text with a NUL inside, which would end it there and
/// have the server read the rest as something else; nothing is written then.
/// Source: PostgreSQL documentation, "Message Formats".
namespace tupelo::driver::postgres {

/// The version that is asked for, which every server since 7.4 and every pooler speaks.
constexpr std::uint32_t protocol_version = 3 << 16;

struct startup_parameter {
  std::string_view name;
  std::string_view value;
};

// before the connection is ready
void write_startup(send_buffer& out, std::span<const startup_parameter> parameters);
void write_ssl_request(send_buffer& out);
/// Sent on a connection of its own, which the server closes without an answer. `key` as BackendKeyData gave it.
void write_cancel_request(send_buffer& out, std::uint32_t process, std::string_view key);
void write_password(send_buffer& out, std::string_view password);
void write_sasl_initial(send_buffer& out, std::string_view mechanism, std::string_view response);
void write_sasl_response(send_buffer& out, std::string_view response);

// statements; an empty name is the unnamed statement or portal
/// Types that are not given, or 0, are left to the server.
void write_parse(send_buffer& out, std::string_view statement, std::string_view sql,
                 std::span<const std::uint32_t> parameter_types = {});
/// Begins Bind up to where the parameters' formats begin; the rest and `out.end()` are the caller's.
void begin_bind(send_buffer& out, std::string_view portal, std::string_view statement);
void write_describe_statement(send_buffer& out, std::string_view statement);
void write_describe_portal(send_buffer& out, std::string_view portal);
/// 0 rows: all.
void write_execute(send_buffer& out, std::string_view portal, std::uint32_t rows = 0);
/// Parse, Bind and Execute of a statement without parameters, in text.
void write_command(send_buffer& out, std::string_view sql);
void write_close_statement(send_buffer& out, std::string_view statement);
void write_close_portal(send_buffer& out, std::string_view portal);
void write_sync(send_buffer& out);
void write_flush(send_buffer& out);
/// The simple protocol: several statements in one text, without parameters.
void write_query(send_buffer& out, std::string_view sql);

// copy
void write_copy_data(send_buffer& out, std::string_view bytes);
void write_copy_done(send_buffer& out);
void write_copy_fail(send_buffer& out, std::string_view reason);

void write_terminate(send_buffer& out);

}  // namespace tupelo::driver::postgres
