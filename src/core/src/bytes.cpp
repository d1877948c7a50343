// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/micros.hpp>

#include <openssl/evp.h>

#include <algorithm>

namespace tupelo {

namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bytes to_bytes(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return bytes(first, first + text.size());
}

std::string to_hex(const bytes& data) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const std::byte b : data) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

std::optional<bytes> try_from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  bytes data;
  data.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    data.push_back(static_cast<std::byte>(high << 4 | low));
  }
  return data;
}

bytes from_hex(std::string_view text) {
  auto data = try_from_hex(text);
  if (!data) detail::throw_invalid_value("expected an even number of hexadecimal digits");
  return *static_cast<std::optional<bytes>&&>(data);
}

// OpenSSL counts in int; both work in pieces of whole groups, so that any size fits.
std::string to_base64(const void* data, std::size_t size) {
  constexpr std::size_t piece = 3 << 20;
  std::string text(4 * ((size + 2) / 3), '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  const auto* in = static_cast<const unsigned char*>(data);
  for (std::size_t at = 0; at < size; at += piece) {
    // One NUL more is written than counted: the string's own at the end, else what the next piece begins with.
    out += EVP_EncodeBlock(out, in + at, static_cast<int>(std::min(piece, size - at)));
  }
  return text;
}

std::optional<bytes> try_from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return bytes();
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  // EVP_DecodeBlock alone takes surrounding spaces and counts padding as bytes.
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.substr(0, text.size() - padding).find_first_not_of(alphabet) != std::string_view::npos) return std::nullopt;
  constexpr std::size_t piece = 4 << 20;
  bytes data(text.size() / 4 * 3);
  auto* out = reinterpret_cast<unsigned char*>(data.data());
  const auto* in = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const int written = EVP_DecodeBlock(out, in + at, static_cast<int>(std::min(piece, text.size() - at)));
    if (written < 0) return std::nullopt;
    out += written;
  }
  data.resize(data.size() - padding);
  // Bits of the last digit that belong to no byte are zero, or one value would have several texts.
  if (padding != 0) {
    const std::size_t rest = 3 - padding;
    if (to_base64(data.data() + data.size() - rest, rest) != text.substr(text.size() - 4)) return std::nullopt;
  }
  return data;
}

}  // namespace tupelo
