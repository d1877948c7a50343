// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>

#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tupelo {

namespace {

constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;

/// Has its high bit set in some byte unless all eight are ASCII and none is NUL: where no byte has its own high bit,
/// only a zero byte makes one in the difference. Such words may be joined by `|`.
constexpr std::uint64_t misfits(std::uint64_t word) noexcept { return word | (word - ones); }

std::uint64_t load_eight(const char* p) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}

std::uint64_t load_four(const char* p) noexcept {
  std::uint32_t word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}

bool is_eight_plain(const char* p) noexcept { return (misfits(load_eight(p)) & high_bits) == 0; }

/// Only ASCII and no NUL. What is left behind the last whole word is read together with bytes before it.
bool is_plain(std::string_view text) noexcept {
  const std::size_t size = text.size();
  const char* p = text.data();
#ifdef __SSE2__
  constexpr std::size_t block = sizeof(__m128i);
  if (size >= block) {
    const auto load = [](const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
    const char* const last = p + size - block;
    __m128i any = load(last);
    __m128i least = any;
    for (; p < last; p += block) {
      const __m128i bytes = load(p);
      any = _mm_or_si128(any, bytes);
      least = _mm_min_epu8(least, bytes);
    }
    return (_mm_movemask_epi8(any) | _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128()))) == 0;
  }
#endif
  if (size >= 8) [[likely]] {
    const char* const last = p + size - 8;
    std::uint64_t found = misfits(load_eight(last));
    for (; p < last; p += 8) found |= misfits(load_eight(p));
    return (found & high_bits) == 0;
  }
  if (size >= 4) return (misfits(load_four(p) | load_four(p + size - 4) << 32) & high_bits) == 0;
  if (size == 0) return true;
  const auto byte = [p](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(p[i])}; };
  return (misfits(byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16 | (ones & ~std::uint64_t{0xFF'FFFF})) &
          high_bits) == 0;
}

/// Length of the character at `p`; 0 for NUL and for what is not UTF-8. Source: Unicode 15, table 3-7.
std::size_t character_size(const unsigned char* p, const unsigned char* end) noexcept {
  const unsigned char lead = *p;
  if (lead < 0x80) return lead != 0 ? 1 : 0;
  std::size_t size = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    if (lead == 0xE0) low = 0xA0;   // overlong
    if (lead == 0xED) high = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    if (lead == 0xF0) low = 0x90;   // overlong
    if (lead == 0xF4) high = 0x8F;  // beyond U+10FFFF
  } else {
    return 0;
  }
  if (static_cast<std::size_t>(end - p) < size || p[1] < low || p[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  return size;
}

/// Where the text stops being valid; its size when it does not.
std::size_t valid_prefix(std::string_view text) noexcept {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    while (end - p >= 8 && is_eight_plain(p)) p += 8;
    // The last eight bytes once more, overlapping what was seen, rather than up to seven single ones.
    if (end - p < 8 && text.size() >= 8 && is_eight_plain(end - 8)) return text.size();
    // To the end of this stretch one by one: text of other scripts has few plain words.
    for (int i = 0; i < 16 && p != end; ++i) {
      const std::size_t size =
          character_size(reinterpret_cast<const unsigned char*>(p), reinterpret_cast<const unsigned char*>(end));
      if (size == 0) return static_cast<std::size_t>(p - text.data());
      p += size;
    }
  }
  return text.size();
}

}  // namespace

bool is_valid_text(std::string_view text) noexcept { return is_plain(text) || valid_prefix(text) == text.size(); }

void check_text(std::string_view text, std::string_view what) {
  const std::size_t at = valid_prefix(text);
  if (at == text.size()) [[likely]]
    return;
  std::string message(what.empty() ? std::string_view("a text") : what);
  message += text[at] == '\0' ? " contains a NUL character" : " is not valid UTF-8";
  message += " (at byte " + std::to_string(at) + "); keep binary data in a tupelo::bytes field";
  throw value_error(errc::invalid_text, std::move(message));
}

}  // namespace tupelo
