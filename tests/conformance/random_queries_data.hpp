// SPDX-License-Identifier: Apache-2.0
// What random queries are asked about, and what is known of an answer without a database.
#pragma once

#include "backend.hpp"

#include <tupelo/query/derived_table.hpp>
#include <tupelo/query/functions.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace tupelo::conformance::random_queries {

template <class T>
using maybe = std::optional<T>;

enum class Grade : std::uint8_t { low, middle, high };

struct Move;
struct Stock {
  std::int64_t id{};
  maybe<std::int64_t> parent_id{};
  maybe<std::int64_t> pieces{};
  std::int32_t size{};
  std::string name{};          ///< lower-case letters: all collations put them into one order
  maybe<std::string> label{};  ///< anything
  maybe<double> weight{};      ///< halves: sums are exact in whatever order
  bool ripe{};
  maybe<date> picked{};
  maybe<decimal> price{};
  maybe<timestamp> seen{};
  uuid token{};
  maybe<Grade> grade{};
  has_many<Move> moves{};
  has_many<Stock> children{};

  static void model(tupelo::model<Stock>& m) {
    m.has_many(&Stock::moves, "stock_id");
    m.has_many(&Stock::children, "parent_id");
  }
};

/// Of a stock, or of none: the key is no foreign key, so that all joins find rows without a match.
struct Move {
  std::int64_t id{};
  maybe<std::int64_t> stock_id{};
  maybe<std::int64_t> pieces{};
  std::string note{};
  maybe<double> cost{};
  date day{};
  timestamp at{};
  maybe<uuid> token{};
  Grade grade{};
};

/// The row of a query in the place of a table, and of a union.
struct Found {
  maybe<std::int64_t> n{};
  maybe<std::string> t{};
  maybe<date> d{};
};

/// One row of the tables of a query; null where a join found none.
struct row {
  const Stock* stock = nullptr;
  const Move* move = nullptr;
  const Stock* other = nullptr;
  const Found* found = nullptr;
};

/// Which of them a term may name.
struct scope {
  bool stock = false;
  bool move = false;
  bool other = false;
  bool found = false;
  bool subqueries = false;
};

inline const table_alias<Stock>& other_stock() {
  static const table_alias<Stock> made = alias<Stock>("other");
  return made;
}
inline const table_alias<Found>& found_rows() {
  static const table_alias<Found> made = alias<Found>("found");
  return made;
}

/// One value of an answer; in the order of SQL, NULL being the smallest.
using cell =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, date, decimal, timestamp, uuid, Grade>;
using cells = std::vector<cell>;

template <class T>
cell cell_of(const maybe<T>& value) {
  if (!value) return {};
  return cell(*value);
}
inline bool less(const cell& a, const cell& b) { return a.index() != b.index() ? a.index() < b.index() : a < b; }
inline bool less_row(const cells& a, const cells& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), less);
}
/// Averages of integers are divided with another precision by each database.
inline bool same(const cell& a, const cell& b) {
  if (const auto* x = std::get_if<double>(&a)) {
    const auto* y = std::get_if<double>(&b);
    return y != nullptr && std::abs(*x - *y) <= 1e-9 * std::max(1.0, std::abs(*x));
  }
  return a == b;
}
inline bool same_row(const cells& a, const cells& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

inline std::string text_of(const cell& value) {
  return std::visit(
      []<class T>(const T& v) -> std::string {
        if constexpr (std::is_same_v<T, std::monostate>)
          return "NULL";
        else if constexpr (std::is_same_v<T, bool>)
          return v ? "true" : "false";
        else if constexpr (std::is_same_v<T, std::string>)
          return "'" + v + "'";
        else if constexpr (std::is_enum_v<T>)
          return "grade " + std::to_string(static_cast<int>(v));
        else if constexpr (std::is_arithmetic_v<T>)
          return std::to_string(v);
        else
          return v.to_string();
      },
      value);
}
inline std::string text_of(const cells& values) {
  std::string all;
  for (const cell& value : values) all += (all.empty() ? "" : " | ") + text_of(value);
  return all;
}

/// A source of chance that gives the same on every machine, which the distributions of <random> do not.
class dice {
public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low + 1)));
  }
  std::string word(const std::vector<std::string>& letters, std::size_t longest) {
    std::string made;
    for (std::size_t i = below(longest + 1); i > 0; --i) made += letters[below(letters.size())];
    return made;
  }

  template <class T>
  T value();

private:
  std::mt19937_64 engine_;
};

inline const std::vector<std::string> small_letters{"a", "b", "c", "d"};
inline const std::vector<std::string> any_letters{"a", "b", "A", "B", " ", "%", "_", "\\", "'", "ö"};

template <>
inline std::int64_t dice::value() {
  return between(-4, 9);
}
template <>
inline double dice::value() {
  return static_cast<double>(between(-12, 24)) / 2;
}
template <>
inline std::string dice::value() {
  return one_in(2) ? word(any_letters, 2) : word(small_letters, 2);
}
template <>
inline date dice::value() {
  return date::from_days(between(19'600, 20'400));
}
/// Some are whole seconds; SQLite keeps them as texts.
template <>
inline timestamp dice::value() {
  const std::int64_t second = between(1'693'000'000, 1'762'000'000);
  return timestamp{second * 1'000'000 + (one_in(3) ? 0 : between(0, 999'999))};
}
/// Few, so that many are equal.
template <>
inline uuid dice::value() {
  return uuid::parse("0000000" + std::to_string(below(3)) + "-0000-4000-8000-000000000000");
}
template <>
inline Grade dice::value() {
  return static_cast<Grade>(below(3));
}
/// Left out: decimals that no double holds. SQLite computes with doubles, of which 8.3 - 8 has 15 digits of noise.
template <>
inline decimal dice::value() {
  return decimal::from_unscaled(between(-36, 80) * 25, 2);
}

struct world {
  std::vector<Stock> stocks;
  std::vector<Move> moves;

  explicit world(dice& chance) {
    const auto or_null = [&](auto value) {
      return chance.one_in(5) ? maybe<decltype(value)>() : maybe<decltype(value)>(value);
    };
    const std::int64_t stock_count = chance.between(30, 45);
    for (std::int64_t i = 1; i <= stock_count; ++i) {
      stocks.push_back({.id = i,
                        .parent_id = or_null(chance.between(1, stock_count + 3)),
                        .pieces = or_null(chance.between(-9, 20)),
                        .size = static_cast<std::int32_t>(chance.between(-3, 9)),
                        .name = chance.word(small_letters, 3),
                        .label = or_null(chance.word(any_letters, 4)),
                        .weight = or_null(chance.value<double>()),
                        .ripe = chance.one_in(2),
                        .picked = or_null(chance.value<date>()),
                        .price = or_null(chance.value<decimal>()),
                        .seen = or_null(chance.value<timestamp>()),
                        .token = chance.value<uuid>(),
                        .grade = or_null(chance.value<Grade>())});
    }
    const std::int64_t move_count = chance.between(40, 60);
    for (std::int64_t i = 1; i <= move_count; ++i) {
      moves.push_back({.id = i,
                       .stock_id = or_null(chance.between(1, stock_count + 5)),
                       .pieces = or_null(chance.between(-5, 5)),
                       .note = chance.word(small_letters, 2),
                       .cost = or_null(chance.value<double>()),
                       .day = chance.value<date>(),
                       .at = chance.value<timestamp>(),
                       .token = or_null(chance.value<uuid>()),
                       .grade = chance.value<Grade>()});
    }
  }
};

}  // namespace tupelo::conformance::random_queries
