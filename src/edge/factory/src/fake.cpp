// SPDX-License-Identifier: Apache-2.0
#include "words.hpp"

#include <tupelo/fake.hpp>
#include <tupelo/core/error.hpp>

#include <cstdint>

namespace tupelo {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '\'') c = '-';
  }
  return text;
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace

// ---- numbers

std::uint64_t fake::bits() noexcept {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::int64_t fake::integer(std::int64_t first, std::int64_t last) {
  if (last < first)
    throw value_error(errc::value_out_of_range, "the last of a range of made-up values is before its first");
  const std::uint64_t width = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
  std::uint64_t drawn = bits();
  if (width != 0) {
    // Values above the last whole multiple of the width would make the first ones likelier.
    const std::uint64_t surplus = (0 - width) % width;
    while (drawn < surplus) drawn = bits();
    drawn %= width;
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + drawn);
}

double fake::number(double first, double last) {
  return first + (last - first) * (static_cast<double>(bits() >> 11) * 0x1.0p-53);
}

decimal fake::money(std::int64_t first, std::int64_t last) {
  if (first < INT64_MIN / 100 || last > INT64_MAX / 100) {
    throw value_error(errc::value_out_of_range, "a range of made-up amounts is too wide");
  }
  return decimal::from_unscaled(integer(first * 100, last * 100), 2);
}

bool fake::chance(double percent) { return number(0, 100) < percent; }

std::ptrdiff_t fake::place_in(std::size_t count) {
  if (count == 0) throw value_error(errc::value_out_of_range, "there is nothing to pick a made-up value from");
  return static_cast<std::ptrdiff_t>(integer(0, static_cast<std::int64_t>(count) - 1));
}

// ---- people

std::string fake::first_name() { return std::string(pick(words::first_names)); }
std::string fake::last_name() { return std::string(pick(words::last_names)); }
std::string fake::name() {
  std::string first = first_name();
  return first + " " + last_name();
}
std::string fake::email() {
  std::string said = lower(first_name()) + ".";
  said += lower(last_name()) + "." + std::to_string(sequence()) + "@example.";
  return said.append(pick(words::example_domains));
}
std::string fake::user_name() {
  std::string said = lower(first_name()) + "_";
  return said + lower(last_name()) + std::to_string(sequence());
}
std::string fake::phone() { return "+1-202-555-01" + std::to_string(integer(10, 99)); }
std::string fake::company() {
  std::string said = last_name() + " ";
  return said.append(pick(words::company_kinds));
}
std::string fake::job() { return std::string(pick(words::jobs)); }

// ---- places

std::string fake::street() {
  std::string said = std::to_string(integer(1, 199)) + " " + capital(std::string(pick(words::nouns)));
  return said.append(" ").append(pick(words::street_kinds));
}
std::string fake::city() { return std::string(pick(words::cities)); }
std::string fake::postcode() { return std::to_string(integer(10'000, 99'999)); }
std::string fake::country() { return std::string(pick(words::countries).name); }
std::string fake::country_code() { return std::string(pick(words::countries).code); }

// ---- texts

std::string fake::word() { return std::string(chance(50) ? pick(words::nouns) : pick(words::adjectives)); }
std::string fake::words(std::size_t count) {
  std::string said;
  for (; count > 0; --count) said += (said.empty() ? "" : " ") + word();
  return said;
}
std::string fake::sentence() {
  const auto length = static_cast<std::size_t>(integer(4, 12));
  return capital(words(length)) + ".";
}
std::string fake::paragraph(std::size_t sentences) {
  std::string said;
  for (; sentences > 0; --sentences) said += (said.empty() ? "" : " ") + sentence();
  return said;
}
std::string fake::title() {
  const auto length = static_cast<std::size_t>(integer(2, 5));
  return capital(words(length));
}
std::string fake::slug() {
  std::string said(pick(words::adjectives));
  said.append("-").append(pick(words::nouns));
  return said + "-" + std::to_string(sequence());
}
std::string fake::product() {
  std::string said = capital(std::string(pick(words::materials)));
  return said.append(" ").append(pick(words::goods));
}
std::string fake::colour() { return std::string(pick(words::colours)); }

// ---- the network

std::string fake::url() {
  std::string said = "https://";
  said.append(pick(words::nouns)).append(".example/");
  said.append(pick(words::adjectives)).append("/");
  return said.append(pick(words::nouns));
}
std::string fake::ip() {
  std::string said(pick(words::example_networks));
  return said + std::to_string(integer(1, 254));
}

// ---- times

timestamp fake::moment(timestamp first, timestamp last) { return timestamp::from_micros(integer(first.us, last.us)); }
date fake::day(date first, date last) { return date::from_days(integer(first.days, last.days)); }

tupelo::uuid fake::uuid() noexcept {
  tupelo::uuid made;
  for (std::size_t i = 0; i < sizeof made.bytes; i += 8) {
    std::uint64_t half = bits();
    for (std::size_t j = 0; j < 8; ++j, half >>= 8) made.bytes[i + j] = static_cast<std::uint8_t>(half);
  }
  made.bytes[6] = static_cast<std::uint8_t>((made.bytes[6] & 0x0F) | 0x40);  // version 4, RFC 9562
  made.bytes[8] = static_cast<std::uint8_t>((made.bytes[8] & 0x3F) | 0x80);
  return made;
}

}  // namespace tupelo
