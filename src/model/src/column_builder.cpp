// SPDX-License-Identifier: Apache-2.0
#include "refused_model.hpp"

#include "tupelo/model/model.hpp"
#include <tupelo/core/decimal.hpp>

#include <charconv>
#include <string>
#include <string_view>

namespace tupelo {

namespace {

std::string quoted_literal(std::string_view text) {
  std::string sql = "'";
  for (char c : text) {
    sql += c;
    if (c == '\'') sql += c;
  }
  return sql += '\'';
}

}  // namespace

column_builder& column_builder::named(std::string_view column) {
  info_->fields[field_].column = column;
  return *this;
}
column_builder& column_builder::length(std::uint32_t characters) {
  field_info& field = info_->fields[field_];
  const kind k = stored_type(*field.type).k;
  if (k != kind::text && k != kind::enumeration && k != kind::custom) {
    refuse(*info_, "length() on field " + field.name + ", which is not text");
  }
  field.length = characters;
  return *this;
}
column_builder& column_builder::precision(std::uint16_t digits, std::uint16_t scale) {
  field_info& field = info_->fields[field_];
  if (stored_type(*field.type).k != kind::decimal)
    refuse(*info_, "precision() on field " + field.name + ", which is not tp::decimal");
  if (digits == 0 || scale > digits)
    refuse(*info_, "precision() of field " + field.name + " needs 1 or more digits and scale ≤ digits");
  field.precision = digits;
  field.scale = scale;
  return *this;
}
column_builder& column_builder::default_value(std::int64_t value) { return default_sql(std::to_string(value)); }
column_builder& column_builder::default_value(bool value) { return default_sql(value ? "true" : "false"); }
column_builder& column_builder::default_value(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return default_sql({text, static_cast<std::size_t>(end.ptr - text)});
}
column_builder& column_builder::default_value(const decimal& value) {
  return value.is_finite() ? default_sql(value.to_string()) : default_value(value.to_string());
}
column_builder& column_builder::default_value(std::string_view text) { return default_sql(quoted_literal(text)); }
column_builder& column_builder::default_sql(std::string_view sql) {
  info_->fields[field_].has_default = true;
  info_->fields[field_].default_sql = sql;
  return *this;
}
column_builder& column_builder::native_type(std::string_view type) {
  info_->fields[field_].native_type = type;
  return *this;
}
column_builder& column_builder::renamed_from(std::string_view column) {
  info_->fields[field_].renamed_from = column;
  return *this;
}

column_builder& column_builder::comment(std::string_view text) {
  info_->fields[field_].comment = text;
  return *this;
}
column_builder& column_builder::collation(std::string_view name) {
  const type_ops* const type = &stored_type(innermost_type(stored_type(*info_->fields[field_].type)));
  if (type->k != kind::text && type->k != kind::enumeration && type->k != kind::custom) {
    refuse(*info_, "collation() of field " + info_->fields[field_].name + ", which is not text");
  }
  info_->fields[field_].collation = name;
  return *this;
}

}  // namespace tupelo
