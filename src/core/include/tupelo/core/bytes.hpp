// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// Binary data: the type of a BLOB, bytea or VARBINARY field.
using bytes = std::vector<std::byte>;

/// The characters' bytes, copied.
bytes to_bytes(std::string_view text);

/// The bytes seen as characters. Owns: nothing; ends when `data` changes or goes.
inline std::string_view as_text(const bytes& data) noexcept {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// Two lower-case digits per byte, without prefix.
std::string to_hex(const bytes& data);

/// Reads pairs of hexadecimal digits in either case, without prefix or spaces.
/// Errors: value_error; its message does not repeat the text.
bytes from_hex(std::string_view text);
std::optional<bytes> try_from_hex(std::string_view text);

/// With padding, without line breaks. Source: RFC 4648, section 4.
std::string to_base64(const void* data, std::size_t size);
inline std::string to_base64(const bytes& data) { return to_base64(data.data(), data.size()); }
/// Nothing for text that is not what `to_base64` writes: spaces, line breaks and missing padding are refused.
std::optional<bytes> try_from_base64(std::string_view text);

}  // namespace tupelo
