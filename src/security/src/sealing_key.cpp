// SPDX-License-Identifier: Apache-2.0
#include "tupelo/security/sealing_key.hpp"

#include "tupelo/core/error.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace tupelo {

namespace {

constexpr std::size_t code_bytes = 16;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> make_digits() {
  std::array<std::int8_t, 256> digits{};
  for (std::int8_t& digit : digits) digit = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return digits;
}

std::string to_base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[held >> bits & 63];
    }
  }
  if (bits != 0) text += alphabet[held << (6 - bits) & 63];
  return text;
}

/// Each text has one way to be written: false for bits that are left over and not zero.
bool from_base64url(std::string_view text, std::string& bytes) {
  static constexpr std::array<std::int8_t, 256> digits = make_digits();
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::int8_t digit = digits[static_cast<unsigned char>(c)];
    if (digit < 0) return false;
    held = held << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xff);
    }
  }
  return bits < 6 && (held & ((1U << bits) - 1)) == 0;
}

}  // namespace

sealing_key::sealing_key(std::string_view secret) : secret_(secret) {
  if (secret.size() < min_secret_bytes) {
    throw value_error(errc::invalid_value,
                      "the secret of a tp::sealing_key has less than 16 bytes: use 32 random ones");
  }
}

sealing_key::~sealing_key() { OPENSSL_cleanse(secret_.data(), secret_.size()); }

std::string sealing_key::code_of(std::string_view bytes, std::string_view purpose) const {
  std::string message = std::to_string(purpose.size());
  message += ':';
  message += purpose;
  message += bytes;
  unsigned char code[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), code, &size) == nullptr) {
    throw std::bad_alloc();
  }
  return {reinterpret_cast<const char*>(code), code_bytes};
}

std::string sealing_key::seal(std::string_view bytes, std::string_view purpose) const {
  return to_base64url(std::string(bytes) + code_of(bytes, purpose));
}

std::string sealing_key::open(std::string_view text, std::string_view purpose) const {
  std::string bytes;
  bool right = from_base64url(text, bytes) && bytes.size() >= code_bytes;
  if (right) {
    const std::string code = bytes.substr(bytes.size() - code_bytes);
    bytes.resize(bytes.size() - code_bytes);
    const std::string expected = code_of(bytes, purpose);
    right = CRYPTO_memcmp(code.data(), expected.data(), code_bytes) == 0;
  }
  if (!right) {
    throw value_error(errc::invalid_value,
                      "a text was not sealed by this program, or was changed since, or with another secret: begin anew "
                      "without it");
  }
  return bytes;
}

}  // namespace tupelo
