// SPDX-License-Identifier: Apache-2.0
#include "frontend_messages.hpp"

#include <tupelo/core/error.hpp>

#include <cstddef>
#include <string>

namespace tupelo::driver::postgres {

namespace {

constexpr std::uint32_t ssl_request_code = 80877103;
constexpr std::uint32_t cancel_request_code = 80877102;

std::string_view without_nul(std::string_view text, const char* what) {
  if (text.find('\0') != std::string_view::npos) {
    throw query_error(errc::invalid_text, std::string(what) + " has a NUL character inside, which PostgreSQL cannot "
                                                              "take in text; remove it");
  }
  return text;
}

void write_empty(send_buffer& out, char type) {
  out.begin(type);
  out.end();
}

void write_target(send_buffer& out, char type, char target, std::string_view name) {
  without_nul(name, "the name of a statement or portal");
  out.begin(type);
  out.put8(static_cast<std::uint8_t>(target));
  out.put_text(name);
  out.end();
}

}  // namespace

void write_startup(send_buffer& out, std::span<const startup_parameter> parameters) {
  for (const startup_parameter& parameter : parameters) {
    without_nul(parameter.name, "the name of a connection parameter");
    without_nul(parameter.value, "a connection parameter");
  }
  out.begin_untyped();
  out.put32(protocol_version);
  for (const startup_parameter& parameter : parameters) {
    out.put_text(parameter.name);
    out.put_text(parameter.value);
  }
  out.put8(0);
  out.end();
}

void write_ssl_request(send_buffer& out) {
  out.begin_untyped();
  out.put32(ssl_request_code);
  out.end();
}

void write_cancel_request(send_buffer& out, std::uint32_t process, std::string_view key) {
  out.begin_untyped();
  out.put32(cancel_request_code);
  out.put32(process);
  out.put_bytes(key.data(), key.size());
  out.end();
}

void write_password(send_buffer& out, std::string_view password) {
  without_nul(password, "the password");
  out.begin('p');
  out.put_text(password);
  out.end();
}

void write_sasl_initial(send_buffer& out, std::string_view mechanism, std::string_view response) {
  out.begin('p');
  out.put_text(mechanism);
  const std::size_t at = out.begin_value();
  out.put_bytes(response.data(), response.size());
  out.end_value(at);
  out.end();
}

void write_sasl_response(send_buffer& out, std::string_view response) {
  out.begin('p');
  out.put_bytes(response.data(), response.size());
  out.end();
}

void write_parse(send_buffer& out, std::string_view statement, std::string_view sql,
                 std::span<const std::uint32_t> parameter_types) {
  without_nul(statement, "the name of a statement");
  without_nul(sql, "a statement");
  if (parameter_types.size() > UINT16_MAX) throw query_error("a statement has more than 65535 parameters; split it");
  const std::size_t mark = out.mark();
  out.begin('P');
  out.put_text(statement);
  out.put_text(sql);
  out.put16(static_cast<std::uint16_t>(parameter_types.size()));
  for (const std::uint32_t type : parameter_types) out.put32(type);
  try {
    out.end();
  } catch (...) {
    out.truncate(mark);
    throw;
  }
}

void begin_bind(send_buffer& out, std::string_view portal, std::string_view statement) {
  out.begin('B');
  out.put_text(portal);
  out.put_text(statement);
}

void write_describe_statement(send_buffer& out, std::string_view statement) { write_target(out, 'D', 'S', statement); }
void write_describe_portal(send_buffer& out, std::string_view portal) { write_target(out, 'D', 'P', portal); }

void write_execute(send_buffer& out, std::string_view portal, std::uint32_t rows) {
  out.begin('E');
  out.put_text(portal);
  out.put32(rows);
  out.end();
}

void write_command(send_buffer& out, std::string_view sql) {
  write_parse(out, {}, sql);
  begin_bind(out, {}, {});
  out.put16(0);  // formats, parameters
  out.put16(0);
  out.put16(0);  // result formats
  out.end();
  write_execute(out, {});
}

void write_close_statement(send_buffer& out, std::string_view statement) { write_target(out, 'C', 'S', statement); }
void write_close_portal(send_buffer& out, std::string_view portal) { write_target(out, 'C', 'P', portal); }
void write_sync(send_buffer& out) { write_empty(out, 'S'); }
void write_flush(send_buffer& out) { write_empty(out, 'H'); }

void write_query(send_buffer& out, std::string_view sql) {
  without_nul(sql, "a script");
  const std::size_t mark = out.mark();
  out.begin('Q');
  out.put_text(sql);
  try {
    out.end();
  } catch (...) {
    out.truncate(mark);
    throw;
  }
}

void write_copy_data(send_buffer& out, std::string_view bytes) {
  const std::size_t mark = out.mark();
  out.begin('d');
  out.put_bytes(bytes.data(), bytes.size());
  try {
    out.end();
  } catch (...) {
    out.truncate(mark);
    throw;
  }
}

void write_copy_done(send_buffer& out) { write_empty(out, 'c'); }

void write_copy_fail(send_buffer& out, std::string_view reason) {
  without_nul(reason, "the reason for which COPY is given up");
  out.begin('f');
  out.put_text(reason);
  out.end();
}

void write_terminate(send_buffer& out) { write_empty(out, 'X'); }

}  // namespace tupelo::driver::postgres
