// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/offset_time.hpp"

#include "wire_number.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo {

namespace {

constexpr std::int32_t beyond = 16 * 3600;  // Source: MAX_TZDISP_HOUR of the server

void require_valid(const offset_time& value) {
  if (!value.is_valid())
    throw value_error(errc::value_out_of_range,
                      "expected a time of day from 00:00 to 24:00 whose offset is less than 16 hours");
}

/// Two digits below `limit`; negative where there are none.
std::int32_t take_pair(std::string_view& text, std::int32_t limit) noexcept {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (!digit(0) || !digit(1)) return -1;
  const std::int32_t value = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(2);
  return value < limit ? value : -1;
}

void append_pair(std::string& out, std::int32_t value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

}  // namespace

bool offset_time::is_valid() const noexcept {
  return time.is_valid() && offset_seconds > -beyond && offset_seconds < beyond;
}

bool offset_time::parse_to(std::string_view text, offset_time& out) noexcept {
  const std::size_t sign = text.find_first_of("+-");
  if (sign == std::string_view::npos) return false;
  offset_time read;
  if (!time_of_day::parse_to(text.data(), sign, read.time)) return false;
  std::string_view rest = text.substr(sign + 1);
  std::int32_t unit = 3600;
  for (;;) {
    const std::int32_t part = take_pair(rest, unit == 3600 ? 16 : 60);
    if (part < 0) return false;
    read.offset_seconds += part * unit;
    if (rest.empty()) break;
    if (rest[0] != ':' || unit == 1) return false;
    rest.remove_prefix(1);
    unit /= 60;
  }
  if (text[sign] == '-') read.offset_seconds = -read.offset_seconds;
  out = read;
  return true;
}

offset_time offset_time::parse(std::string_view text) {
  offset_time read;
  if (!parse_to(text, read)) throw value_error("expected a time with an offset as HH:MM:SS.ffffff+HH:MM");
  return read;
}

std::string offset_time::to_string() const {
  require_valid(*this);
  std::string out = time.to_string();
  const std::int32_t size = offset_seconds < 0 ? -offset_seconds : offset_seconds;
  out += offset_seconds < 0 ? '-' : '+';
  append_pair(out, size / 3600);
  out += ':';
  append_pair(out, size / 60 % 60);
  if (size % 60 != 0) {
    out += ':';
    append_pair(out, size % 60);
  }
  return out;
}

// Source: timetz_send and timetz_recv of the server, which counts westward.
void field_traits<offset_time>::to_binary(const offset_time& value, std::string& out) {
  require_valid(value);
  const auto us = static_cast<std::uint64_t>(value.time.us);
  detail::put_wire32(out, static_cast<std::uint32_t>(us >> 32));
  detail::put_wire32(out, static_cast<std::uint32_t>(us));
  detail::put_wire32(out, static_cast<std::uint32_t>(-value.offset_seconds));
}
bool field_traits<offset_time>::from_binary(offset_time& value, std::string_view bytes) {
  if (bytes.size() != 12) return false;
  const std::uint64_t us = std::uint64_t{detail::wire32(bytes.data())} << 32 | detail::wire32(bytes.data() + 4);
  const auto west = static_cast<std::int32_t>(detail::wire32(bytes.data() + 8));
  if (west <= -beyond || west >= beyond) return false;
  value = {{static_cast<std::int64_t>(us)}, -west};
  return value.is_valid();
}

}  // namespace tupelo
