// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <tuple>

namespace tp = tupelo;

namespace demo {

/// All rows of a table in one number: it changes when any value of any of them does.
class fingerprint {
public:
  explicit fingerprint(std::string of) : table(std::move(of)) {}

  std::string table;
  std::int64_t rows = 0;

  template <class... T>
  void add_row(const std::tuple<T...>& row) {
    ++rows;
    std::apply([this](const T&... value) { (add(value), ...); }, row);
  }
  std::string hex() const {
    std::array<char, 17> text;
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash_));
    return text.data();
  }
  friend bool operator==(const fingerprint&, const fingerprint&) = default;

private:
  void add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(text.size());
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(std::int64_t value) { mix(static_cast<std::uint64_t>(value)); }
  void add(int value) { mix(static_cast<std::uint64_t>(value)); }
  void add(bool value) { mix(value); }
  void add(tp::timestamp time) { add(time.us); }
  void add(tp::date day) { add(day.days); }
  void add(const tp::json& document) { add(document.text()); }
  template <class T>
    requires std::is_enum_v<T>
  void add(T value) {
    add(tp::enum_name(value));
  }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  /// Source: FNV-1a, over 64-bit words.
  void mix(std::uint64_t word) noexcept { hash_ = (hash_ ^ word) * 0x100000001b3; }

  std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// Of these columns of all rows, soft-deleted ones too, in the order of the first columns.
template <class Key, class Second, class... Columns>
tp::task<fingerprint> fingerprint_of(tp::database& db, std::string table, Key key, Second second, Columns... columns) {
  fingerprint made(std::move(table));
  auto rows =
      db.query<typename Key::owner>().with_deleted().order_by(key, second).select(key, second, columns...).stream();
  while (const auto* row = co_await rows.next()) made.add_row(*row);
  co_return made;
}

}  // namespace demo
