// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo {

/// A secret of the program's, by which it knows a text again that it gave out: one that was changed, or made elsewhere,
/// is refused. What is sealed can be read by everybody; it is not encrypted.
///
/// All programs that open what another one sealed have the same secret. Threads: immutable; any number may use it.
/// Source: RFC 2104 (HMAC with SHA-256, the first 16 bytes), RFC 4648 section 5 (base64url without padding).
class sealing_key {
public:
  static constexpr std::size_t min_secret_bytes = 16;

  /// Errors: value_error for a secret of less than 16 bytes; 32 random ones are right.
  explicit sealing_key(std::string_view secret);
  sealing_key(const sealing_key&) = default;
  sealing_key& operator=(const sealing_key&) = default;
  ~sealing_key();

  /// The bytes and their seal, as letters, digits, `-` and `_`. `purpose` is part of the seal: what was sealed for one
  /// is refused for another.
  std::string seal(std::string_view bytes, std::string_view purpose) const;
  /// The bytes that were sealed. Errors: value_error (invalid_value) for anything else; its message does not repeat the
  /// text.
  std::string open(std::string_view text, std::string_view purpose) const;

private:
  std::string code_of(std::string_view bytes, std::string_view purpose) const;

  std::string secret_;
};

}  // namespace tupelo
