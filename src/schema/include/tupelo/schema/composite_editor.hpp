// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo {

/// The attribute that was described last.
class attribute_editor {
public:
  explicit attribute_editor(column_type& type) noexcept : type_(type) {}
  /// Arrays of the type that was said: `c.text("tags").array()`.
  void array() { type_.array = true; }

private:
  column_type& type_;
};

/// Describes a composite type by its attributes, in their order: `c.integer("width"); c.decimal("height");`. Every
/// attribute may be NULL.
class composite_editor {
public:
  explicit composite_editor(std::string_view name) { type_.name = name; }

  attribute_editor boolean(std::string_view attribute) { return add(attribute, type_kind::boolean); }
  attribute_editor small_integer(std::string_view attribute) { return add(attribute, type_kind::int16); }
  attribute_editor integer(std::string_view attribute) { return add(attribute, type_kind::int32); }
  attribute_editor big_integer(std::string_view attribute) { return add(attribute, type_kind::int64); }
  attribute_editor real(std::string_view attribute) { return add(attribute, type_kind::float32); }
  attribute_editor double_precision(std::string_view attribute) { return add(attribute, type_kind::float64); }
  attribute_editor text(std::string_view attribute) { return add(attribute, type_kind::text); }
  attribute_editor varchar(std::string_view attribute, std::uint32_t length) {
    return add(attribute, column_type::varchar(length));
  }
  attribute_editor bytes(std::string_view attribute) { return add(attribute, type_kind::bytes); }
  attribute_editor timestamp(std::string_view attribute) { return add(attribute, type_kind::timestamp); }
  attribute_editor date(std::string_view attribute) { return add(attribute, type_kind::date); }
  attribute_editor uuid(std::string_view attribute) { return add(attribute, type_kind::uuid); }
  attribute_editor decimal(std::string_view attribute) { return add(attribute, type_kind::decimal); }
  attribute_editor decimal(std::string_view attribute, std::uint16_t precision, std::uint16_t scale) {
    return add(attribute, column_type::decimal(precision, scale));
  }
  attribute_editor json(std::string_view attribute) { return add(attribute, type_kind::json); }
  attribute_editor time_of_day(std::string_view attribute) { return add(attribute, type_kind::time_of_day); }
  attribute_editor interval(std::string_view attribute) { return add(attribute, type_kind::interval); }
  attribute_editor enumeration(std::string_view attribute, std::string_view name) {
    return add(attribute, column_type::enumeration(name));
  }
  /// Also another composite.
  attribute_editor native_or_text(std::string_view attribute, std::string_view name) {
    return add(attribute, column_type::native_or_text(name));
  }
  attribute_editor native(std::string_view attribute, std::string_view spelling) {
    return add(attribute, column_type::spelled(spelling));
  }
  attribute_editor add(std::string_view attribute, column_type type) {
    return attribute_editor(type_.attributes.emplace_back(std::string(attribute), std::move(type)).type);
  }

  const composite_definition& definition() const noexcept { return type_; }

private:
  composite_definition type_;
};

}  // namespace tupelo
