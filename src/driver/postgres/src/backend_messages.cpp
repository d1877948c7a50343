// SPDX-License-Identifier: Apache-2.0
#include "backend_messages.hpp"

#include "message_reader.hpp"

#include <charconv>
#include <cstddef>

namespace tupelo::driver::postgres {

namespace {

std::uint32_t number_or_zero(std::string_view digits) noexcept {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return failure == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

/// The count of things of which each takes `least` bytes, so that nothing is allocated for things that are not there.
std::size_t checked_count(message_reader& reader, std::size_t count, std::size_t least) {
  if (count > reader.remaining() / least) reader.refuse();
  return count;
}

}  // namespace

error_fields parse_error(const backend_message& message) {
  error_fields fields;
  std::string_view translated_severity;
  message_reader reader(message);
  while (const char field = static_cast<char>(reader.get8())) {
    const std::string_view text = reader.cstring();
    switch (field) {
      case 'S': translated_severity = text; break;
      case 'V': fields.severity = text; break;
      case 'C': fields.sqlstate = text; break;
      case 'M': fields.message = text; break;
      case 'D': fields.detail = text; break;
      case 'H': fields.hint = text; break;
      case 'P': fields.position = number_or_zero(text); break;
      case 'p': fields.internal_position = number_or_zero(text); break;
      case 'q': fields.internal_query = text; break;
      case 'W': fields.where = text; break;
      case 's': fields.schema = text; break;
      case 't': fields.table = text; break;
      case 'c': fields.column = text; break;
      case 'd': fields.data_type = text; break;
      case 'n': fields.constraint = text; break;
      case 'R': fields.routine = text; break;
      default: break;  // the protocol asks to ignore fields of later versions
    }
  }
  reader.finish();
  if (fields.severity.empty()) fields.severity = translated_severity;  // poolers, and servers before 9.6
  return fields;
}

void parse_row_description(const backend_message& message, std::vector<column_description>& columns) {
  constexpr std::size_t least = 1 + 4 + 2 + 4 + 2 + 4 + 2;
  message_reader reader(message);
  columns.resize(checked_count(reader, reader.get16(), least));
  for (column_description& column : columns) {
    column.name = reader.cstring();
    column.table = reader.get32();
    column.attribute = static_cast<std::int16_t>(reader.get16());
    column.type = reader.get32();
    column.type_size = static_cast<std::int16_t>(reader.get16());
    column.modifier = static_cast<std::int32_t>(reader.get32());
    column.format = static_cast<std::int16_t>(reader.get16());
  }
  reader.finish();
}

void parse_parameter_description(const backend_message& message, std::vector<std::uint32_t>& types) {
  message_reader reader(message);
  types.resize(checked_count(reader, reader.get16(), 4));
  for (std::uint32_t& type : types) type = reader.get32();
  reader.finish();
}

command_result parse_command_complete(const backend_message& message) {
  message_reader reader(message);
  command_result result;
  result.tag = reader.cstring();
  reader.finish();
  const std::string_view tag = result.tag;
  const std::size_t space = tag.rfind(' ');
  if (space == std::string_view::npos) return result;
  const std::string_view digits = tag.substr(space + 1);
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (failure != std::errc() || end != digits.data() + digits.size()) return result;
  result.count = count;
  const std::string_view verb = tag.substr(0, tag.find(' '));
  result.reads = verb != "INSERT" && verb != "UPDATE" && verb != "DELETE" && verb != "MERGE" && verb != "COPY";
  return result;
}

transaction_status parse_ready_for_query(const backend_message& message) {
  message_reader reader(message);
  const char status = static_cast<char>(reader.get8());
  reader.finish();
  if (status != 'I' && status != 'T' && status != 'E') {
    throw_protocol_violation("ReadyForQuery has transaction status " +
                             std::to_string(static_cast<unsigned char>(status)));
  }
  return static_cast<transaction_status>(status);
}

parameter_status parse_parameter_status(const backend_message& message) {
  message_reader reader(message);
  parameter_status status;
  status.name = reader.cstring();
  status.value = reader.cstring();
  reader.finish();
  return status;
}

backend_key parse_backend_key(const backend_message& message) {
  constexpr std::size_t longest = 256;
  message_reader reader(message);
  backend_key key;
  key.process = reader.get32();
  if (reader.remaining() > longest) throw_protocol_violation("BackendKeyData has a key of more than 256 bytes");
  key.key = reader.rest();
  return key;
}

notification parse_notification(const backend_message& message) {
  message_reader reader(message);
  notification notice;
  notice.process = reader.get32();
  notice.channel = reader.cstring();
  notice.payload = reader.cstring();
  reader.finish();
  return notice;
}

protocol_negotiation parse_negotiate_protocol_version(const backend_message& message) {
  message_reader reader(message);
  protocol_negotiation negotiation;
  negotiation.version = reader.get32();
  const std::size_t count = checked_count(reader, reader.get32(), 1);
  negotiation.unknown_options.reserve(count);
  for (std::size_t i = 0; i < count; ++i) negotiation.unknown_options.push_back(reader.cstring());
  reader.finish();
  return negotiation;
}

copy_response parse_copy_response(const backend_message& message) {
  message_reader reader(message);
  copy_response response;
  const std::uint8_t format = reader.get8();
  if (format > 1) throw_protocol_violation(name_of_backend_message(message.type) + " has an unknown format");
  response.binary = format == 1;
  response.columns = reader.get16();
  reader.bytes(std::size_t{response.columns} * 2);
  reader.finish();
  return response;
}

authentication_request parse_authentication(const backend_message& message) {
  message_reader reader(message);
  authentication_request request;
  request.kind = static_cast<authentication_kind>(reader.get32());
  switch (request.kind) {
    case authentication_kind::md5_password: request.data = reader.bytes(4); break;
    case authentication_kind::sasl:
      for (;;) {
        const std::string_view mechanism = reader.cstring();
        if (mechanism.empty()) break;
        request.mechanisms.push_back(mechanism);
      }
      break;
    case authentication_kind::ok:
    case authentication_kind::cleartext_password: break;
    default: request.data = reader.rest(); break;
  }
  reader.finish();
  return request;
}

}  // namespace tupelo::driver::postgres
