// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>

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

// A type of your own as a column: text there and back.
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
