// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/micros.hpp>

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

}  // namespace tupelo
