// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo::driver::postgres {

/// Throws what ends a connection whose server does not keep to the protocol: the place in the stream is lost, so
/// nothing that follows can be trusted. `what` completes "protocol violation by the server: ".
/// Errors: connection_error (connection_lost).
[[noreturn]] void throw_protocol_violation(std::string_view what);

/// How messages call a backend message: `DataRow`, or its type as a character or number where it is unknown.
std::string name_of_backend_message(char type);

/// A server's text as it may be shown: valid UTF-8 on one line, and cut where it is too long. Servers report failures
/// of a connection's start in their own encoding and language.
std::string shown_text(std::string_view text);

}  // namespace tupelo::driver::postgres
