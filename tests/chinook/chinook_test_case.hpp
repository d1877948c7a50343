// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace tupelo::chinook {

/// One value of a row: NULL, an integer, a floating point number or a text.
struct cell {
  std::variant<std::monostate, std::int64_t, double, std::string> value;

  cell() = default;
  cell(std::int64_t number) : value(number) {}
  cell(std::int32_t number) : value(std::int64_t{number}) {}
  cell(double number) : value(number) {}
  cell(std::string words) : value(std::move(words)) {}
  // By hand SQLite computes with doubles, so that sums which are equal differ: order by ROUND there. Chinook's prices
  // have two digits
  cell(const decimal& number) : value(number.to_double()) {}
  cell(const timestamp& moment) : value(moment.to_string().substr(0, 19)) {}
  template <class Value>
  cell(const std::optional<Value>& maybe) {
    if (maybe) *this = cell(*maybe);
  }

  friend bool operator==(const cell& a, const cell& b) {
    const auto number = [](const cell& c) -> std::optional<double> {
      if (const auto* whole = std::get_if<std::int64_t>(&c.value)) return static_cast<double>(*whole);
      if (const auto* real = std::get_if<double>(&c.value)) return *real;
      return std::nullopt;
    };
    if (const auto x = number(a), y = number(b); x && y) return std::abs(*x - *y) <= 1e-9 * std::max(1.0, std::abs(*x));
    return a.value == b.value;
  }
  friend std::ostream& operator<<(std::ostream& out, const cell& c) {
    if (const auto* whole = std::get_if<std::int64_t>(&c.value)) return out << *whole;
    if (const auto* real = std::get_if<double>(&c.value)) return out << *real;
    if (const auto* words = std::get_if<std::string>(&c.value)) return out << '"' << *words << '"';
    return out << "NULL";
  }
};

using cells = std::vector<cell>;

template <class... Value>
cells cells_of(const std::tuple<Value...>& row) {
  return std::apply([](const auto&... value) { return cells{cell(value)...}; }, row);
}
template <class Value>
  requires std::constructible_from<cell, const Value&>
cells cells_of(const Value& value) {
  return {cell(value)};
}
inline cells cells_of(const Artist& a) { return {a.ArtistId, a.Name}; }
inline cells cells_of(const Genre& g) { return {g.GenreId, g.Name}; }
inline cells cells_of(const PlaylistTrack& p) { return {p.PlaylistId, p.TrackId}; }
inline cells cells_of(const Track& t) {
  return {t.TrackId, t.Name, t.AlbumId, t.MediaTypeId, t.GenreId, t.Composer, t.Milliseconds, t.Bytes, t.UnitPrice};
}
inline cells cells_of(const Invoice& i) {
  return {i.InvoiceId,    i.CustomerId,     i.InvoiceDate,       i.BillingAddress, i.BillingCity,
          i.BillingState, i.BillingCountry, i.BillingPostalCode, i.Total};
}

/// Chinook as one database holds it.
class store {
public:
  virtual ~store() = default;
  virtual database& db() = 0;
  /// The rows of hand-written SQL, by the database's own client library and nothing else.
  virtual std::vector<cells> by_hand(const std::string& sql) = 0;

  /// Why it cannot be there: no script, no server. Empty: it can.
  static std::string missing();
  static std::unique_ptr<store> load();
};

/// What TUPELO_CHINOOK names, or else the script beside the clone.
std::string script_path();
std::string read_script();

/// Chinook, loaded once per program; tests only read it. Skipped where the script or the server is not there.
class chinook_test : public ::testing::Test {
protected:
  void SetUp() override;

  database& db();
  /// Runs the query and the SQL, which names things as the structs do: the same rows in the same order, and at least
  /// one.
  template <class Query>
  void expect_same(const Query& query, const std::string& sql) {
    std::vector<cells> found;
    for (const auto& row : sync_wait(query.all())) found.push_back(cells_of(row));
    expect_same_rows(found, sql, query.to_sql());
  }
  void expect_same_rows(const std::vector<cells>& found, const std::string& sql, const std::string& built = {});
};

}  // namespace tupelo::chinook
