// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

namespace tupelo {

/// Made-up values that look real: the same ones, on every machine and in every release of the standard library, for the
/// same seed and the same calls.
///
/// Mail addresses, host names, telephone and network numbers are of the ranges that are kept for examples (RFC 2606,
/// RFC 5737), so nobody is written to. Not for secrets: what comes next can be computed.
/// Threads: one at a time.
class fake {
public:
  explicit fake(std::uint64_t seed = 1) noexcept : state_(seed) {}

  // ---- numbers

  /// 64 bits, each as likely 0 as 1. Source: SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t bits() noexcept;
  /// From the first to the last, both among them. Errors: value_error where the last is less than the first.
  std::int64_t integer(std::int64_t first, std::int64_t last);
  /// From the first up to the last.
  double number(double first, double last);
  /// With two digits behind the point: "19.90". Errors: as of `integer`.
  decimal money(std::int64_t first, std::int64_t last);
  /// True so often of a hundred times.
  bool chance(double percent);
  /// 1, 2, 3 … for as long as this object lives: what is to be unique is made with it.
  std::int64_t sequence() noexcept { return ++sequence_; }

  /// One of these. Errors: value_error where there is none.
  template <class Range>
  const auto& pick(const Range& range) {
    return *std::next(std::begin(range), place_in(static_cast<std::size_t>(std::size(range))));
  }
  template <class T>
  T pick(std::initializer_list<T> these) {
    return *(these.begin() + place_in(these.size()));
  }

  // ---- people

  std::string first_name();
  std::string last_name();
  /// "Ada Marsh"
  std::string name();
  /// No two alike of one object: "ada.marsh.17@example.com"
  std::string email();
  /// No two alike of one object: "ada_marsh17"
  std::string user_name();
  /// "+1-202-555-0134": of the numbers that are kept for fiction.
  std::string phone();
  std::string company();
  std::string job();

  // ---- places

  /// "17 Linden Road"
  std::string street();
  std::string city();
  std::string postcode();
  std::string country();
  /// ISO 3166: "SE"
  std::string country_code();

  // ---- texts

  std::string word();
  /// Such words, blanks between them.
  std::string words(std::size_t count);
  /// Of four to twelve words, with a capital and a full stop.
  std::string sentence();
  std::string paragraph(std::size_t sentences = 4);
  /// Of two to five words, with a capital: of an article, a task.
  std::string title();
  /// No two alike of one object: "quiet-harbour-12", for addresses of pages.
  std::string slug();
  /// "Walnut Desk Lamp"
  std::string product();
  std::string colour();

  // ---- the network

  /// "https://harbour.example/quiet/lantern"
  std::string url();
  /// IPv4, of the networks for documentation.
  std::string ip();

  // ---- times

  /// From the first to the last, both among them, to the microsecond. Errors: value_error where the last is before the
  /// first.
  timestamp moment(timestamp first, timestamp last);
  /// From the first to the last, both among them. Errors: as above.
  date day(date first, date last);

  tupelo::uuid uuid() noexcept;

private:
  std::ptrdiff_t place_in(std::size_t count);

  std::uint64_t state_;
  std::int64_t sequence_ = 0;
};

}  // namespace tupelo
