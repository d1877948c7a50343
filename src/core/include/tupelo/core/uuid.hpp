// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo {

/// A universally unique identifier: sixteen bytes in the order in which they are written.
///
/// An aggregate whose default is the nil UUID. `v7` suits primary keys: later ones sort behind earlier ones, so that
/// they are inserted at the end of an index; `v4` tells nothing about when it was made. Source: RFC 9562.
struct uuid {
  std::uint8_t bytes[16]{};

  static constexpr std::size_t text_size = 36;

  // ---- create

  /// 122 bits from the operating system's random generator. Threads: safe. Errors: error when the system has no
  /// randomness.
  static uuid v4();
  /// Milliseconds since 1970, then 12 bits of finer time, then 62 random bits. Each is greater than all that this
  /// process made before, also across threads and when the clock is set back. Threads: safe. Errors: as v4.
  static uuid v7();
  static constexpr uuid nil() noexcept { return uuid{}; }

  /// Reads the 36-character form with hyphens, in either case; no braces, no `urn:uuid:`.
  /// Errors: value_error; its message does not repeat the text.
  static uuid parse(std::string_view text);
  static std::optional<uuid> try_parse(std::string_view text) noexcept;
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(const char* text, std::size_t size, uuid& out) noexcept;

  // ---- read

  /// Always 36 characters in lower case, with hyphens.
  std::string to_string() const;
  /// Writes exactly `text_size` characters and no NUL; gives the end.
  char* format_to(char* out36) const noexcept;

  constexpr bool is_nil() const noexcept { return *this == uuid{}; }
  /// The four version bits: 4 or 7 for those made here, 0 for nil; any other number for foreign ones.
  constexpr int version() const noexcept { return bytes[6] >> 4; }

  // ---- compare

  friend constexpr bool operator==(const uuid& a, const uuid& b) noexcept {
    return a.half(0) == b.half(0) && a.half(8) == b.half(8);
  }
  friend constexpr std::strong_ordering operator<=>(const uuid& a, const uuid& b) noexcept {
    if (const auto order = a.half(0) <=> b.half(0); order != 0) return order;
    return a.half(8) <=> b.half(8);
  }

private:
  friend struct std::hash<uuid>;
  // Compilers make one load and a byte swap of it.
  constexpr std::uint64_t half(std::size_t first) const noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = first; i < first + 8; ++i) word = word << 8 | bytes[i];
    return word;
  }
};

static_assert(sizeof(uuid) == 16);

}  // namespace tupelo

template <>
struct std::hash<tupelo::uuid> {
  std::size_t operator()(const tupelo::uuid& id) const noexcept {
    // v7 has its time in the first half; the odd factor spreads it over the bits that hash tables use.
    return static_cast<std::size_t>(id.half(0) * 0x9e37'79b9'7f4a'7c15 ^ id.half(8));
  }
};
