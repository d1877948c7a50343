// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>
#include <tupelo/model/bits.hpp>
#include <tupelo/model/composite.hpp>
#include <tupelo/model/inet.hpp>
#include <tupelo/model/multirange.hpp>
#include <tupelo/model/offset_time.hpp>

#include <bit>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace tp = tupelo;

// Another table name, a length, a default, exact money, a partial index.
struct Group {
  std::int64_t id{};
  std::string name;
  tp::decimal fee;
  bool open{true};

  static void model(tp::model<Group>& m) {
    m.table("clubs");
    m.column(&Group::name).length(80);
    m.column(&Group::fee).precision(10, 2).default_value(0);
    m.index(&Group::name).where(tp::col<&Group::open> == true);
  }
};

// A key of two columns, and a foreign key without a relation field.
struct Membership {
  std::int64_t user_id{};
  std::int64_t group_id{};
  tp::date since{};

  static void model(tp::model<Membership>& m) {
    m.primary_key(&Membership::user_id, &Membership::group_id);
    m.foreign_key(&Membership::group_id).references<Group>().on_delete(tp::cascade);
  }
};

struct Ticket {
  tp::uuid id{};  // a version 7 uuid, made when the object is inserted
  std::string text;
};

// A type of your own as a column: stored as another type, or as text.
struct Money {
  std::int64_t cents{};
};
template <>
struct tupelo::field_traits<Money> {
  using stored = std::int64_t;  // any type that a field can have by itself
  static stored store(const Money& m) { return m.cents; }
  static Money load(stored cents) {
    if (cents < 0) throw std::domain_error("no debts here");  // becomes a decode_error that names the column
    return {cents};
  }
};

struct Colour {
  std::uint8_t red{}, green{}, blue{};
};
template <>
struct tupelo::field_traits<Colour> {
  static void to_text(const Colour& c, std::string& out) {
    out = std::to_string(c.red) + "," + std::to_string(c.green) + "," + std::to_string(c.blue);
  }
  static bool from_text(Colour& c, std::string_view text) {  // false: not valid
    unsigned red = 0, green = 0, blue = 0;
    if (std::sscanf(std::string(text).c_str(), "%u,%u,%u", &red, &green, &blue) != 3) return false;
    c = {std::uint8_t(red), std::uint8_t(green), std::uint8_t(blue)};
    return red < 256 && green < 256 && blue < 256;
  }
};

// Arrays, spans of time, ranges, and types of the database's own.
// A point of PostgreSQL: two numbers on the wire, most significant byte first.
struct Point {
  double x{}, y{};
};
template <>
struct tupelo::field_traits<Point> {
  static constexpr std::string_view column_type = "point";
  static void to_text(const Point& p, std::string& out) {
    out = "(" + std::to_string(p.x) + "," + std::to_string(p.y) + ")";
  }
  static bool from_text(Point& p, std::string_view text) {
    return std::sscanf(std::string(text).c_str(), "(%lf,%lf)", &p.x, &p.y) == 2;
  }
  static void to_binary(const Point& p, std::string& out) {
    for (const double each : {p.x, p.y}) {
      const auto bits = std::bit_cast<std::uint64_t>(each);
      for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 0xff);
    }
  }
  static bool from_binary(Point& p, std::string_view bytes) {  // false: not valid
    if (bytes.size() != 16) return false;
    std::uint64_t words[2]{};
    for (std::size_t i = 0; i < 16; ++i) words[i / 8] = words[i / 8] << 8 | static_cast<unsigned char>(bytes[i]);
    p = {std::bit_cast<double>(words[0]), std::bit_cast<double>(words[1])};
    return true;
  }
};

struct Dimensions {
  std::int32_t width{};
  std::optional<tp::decimal> height{};
  std::string unit{};
};
template <>
struct tupelo::field_traits<Dimensions> : tupelo::composite<Dimensions, "dimensions"> {};

struct Parcel {
  std::int64_t id{};
  Point at{};                              // point
  Dimensions size{};                       // dimensions
  tp::multirange<std::int32_t> shelves{};  // int4multirange
  tp::bits flags{};                        // varbit
  tp::offset_time pickup{};                // timetz
};

struct Server {
  std::int64_t id{};
  std::vector<std::string> tags;            // text[]
  std::vector<std::optional<double>> load;  // double precision[], NULL among its elements
  std::vector<std::vector<int>> slots;      // integer[] of two dimensions
  tp::inet address;                         // inet: an IP address; tp::cidr is a network
  tp::native<"macaddr"> card;               // a type that PostgreSQL has and C++ has not
  tp::range<tp::date> paid;                 // daterange
  tp::interval warranty;                    // months, days, microseconds
  std::chrono::seconds uptime{};            // an interval too
  tp::time_of_day backup_at;                // 00:00 to 24:00
  std::optional<Money> rent;

  static void model(tp::model<Server>& m) {
    m.column(&Server::tags).default_value("[]");  // arrays as JSON, whatever the database
    m.column(&Server::warranty).default_value("P2Y");
  }
};

// A struct you cannot change is described from outside.
namespace vendor {
struct Customer {
  std::int64_t CustomerId{};
  std::string FirstName;
};
}  // namespace vendor
template <>
struct tupelo::describe<vendor::Customer> {
  static void model(tp::model<vendor::Customer>& m) {
    m.names_as_written().table("Customer");
    m.primary_key(&vendor::Customer::CustomerId);
  }
};
struct Wall {
  std::int64_t id{};
  Colour colour;
};
