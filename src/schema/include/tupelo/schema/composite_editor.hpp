// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo {

/// Describes a composite type by its attributes, in their order: `c.integer("width"); c.decimal("height");`. Every
/// attribute may be NULL.
class composite_editor {
public:
  explicit composite_editor(std::string_view name) { type_.name = name; }

  void boolean(std::string_view attribute) { add(attribute, type_kind::boolean); }
  void small_integer(std::string_view attribute) { add(attribute, type_kind::int16); }
  void integer(std::string_view attribute) { add(attribute, type_kind::int32); }
  void big_integer(std::string_view attribute) { add(attribute, type_kind::int64); }
  void real(std::string_view attribute) { add(attribute, type_kind::float32); }
  void double_precision(std::string_view attribute) { add(attribute, type_kind::float64); }
  void text(std::string_view attribute) { add(attribute, type_kind::text); }
  void varchar(std::string_view attribute, std::uint32_t length) { add(attribute, column_type::varchar(length)); }
  void bytes(std::string_view attribute) { add(attribute, type_kind::bytes); }
  void timestamp(std::string_view attribute) { add(attribute, type_kind::timestamp); }
  void date(std::string_view attribute) { add(attribute, type_kind::date); }
  void uuid(std::string_view attribute) { add(attribute, type_kind::uuid); }
  void decimal(std::string_view attribute) { add(attribute, type_kind::decimal); }
  void decimal(std::string_view attribute, std::uint16_t precision, std::uint16_t scale) {
    add(attribute, column_type::decimal(precision, scale));
  }
  void json(std::string_view attribute) { add(attribute, type_kind::json); }
  void time_of_day(std::string_view attribute) { add(attribute, type_kind::time_of_day); }
  void interval(std::string_view attribute) { add(attribute, type_kind::interval); }
  void enumeration(std::string_view attribute, std::string_view name) {
    add(attribute, column_type::enumeration(name));
  }
  /// Also another composite.
  void native_or_text(std::string_view attribute, std::string_view name) {
    add(attribute, column_type::native_or_text(name));
  }
  void native(std::string_view attribute, std::string_view spelling) { add(attribute, column_type::spelled(spelling)); }
  void add(std::string_view attribute, column_type type) {
    type_.attributes.push_back({std::string(attribute), std::move(type)});
  }

  const composite_definition& definition() const noexcept { return type_; }

private:
  composite_definition type_;
};

}  // namespace tupelo
