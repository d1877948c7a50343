// SPDX-License-Identifier: Apache-2.0
#include "protocol_violation.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>

#include <cstddef>

namespace tupelo::driver::postgres {

void throw_protocol_violation(std::string_view what) {
  throw connection_error(
      errc::connection_lost,
      "protocol violation by the server: " + std::string(what) +
          "; the connection is closed. Check that host and port lead to PostgreSQL or a pooler for it",
      "08P01");
}

std::string name_of_backend_message(char type) {
  switch (type) {
    case '1': return "ParseComplete";
    case '2': return "BindComplete";
    case '3': return "CloseComplete";
    case 'A': return "NotificationResponse";
    case 'C': return "CommandComplete";
    case 'D': return "DataRow";
    case 'E': return "ErrorResponse";
    case 'G': return "CopyInResponse";
    case 'H': return "CopyOutResponse";
    case 'I': return "EmptyQueryResponse";
    case 'K': return "BackendKeyData";
    case 'N': return "NoticeResponse";
    case 'R': return "Authentication";
    case 'S': return "ParameterStatus";
    case 'T': return "RowDescription";
    case 'V': return "FunctionCallResponse";
    case 'W': return "CopyBothResponse";
    case 'Z': return "ReadyForQuery";
    case 'c': return "CopyDone";
    case 'd': return "CopyData";
    case 'n': return "NoData";
    case 's': return "PortalSuspended";
    case 't': return "ParameterDescription";
    case 'v': return "NegotiateProtocolVersion";
    default: return "message of type " + std::to_string(static_cast<unsigned char>(type));
  }
}

std::string shown_text(std::string_view text) {
  constexpr std::size_t longest = 500;
  const bool cut = text.size() > longest;
  if (cut) {
    text = text.substr(0, longest);
    // Not in the middle of a character.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.remove_suffix(1);
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.remove_suffix(1);
  }
  const bool readable = is_valid_text(text);
  std::string out;
  out.reserve(text.size() + 3);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += ' ';
    } else {
      out += readable || byte < 0x80 ? c : '?';
    }
  }
  if (cut) out += "...";
  return out;
}

}  // namespace tupelo::driver::postgres
