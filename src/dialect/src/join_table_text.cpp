// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/join_table_text.hpp"

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo {

join_table_text::join_table_text(const dialect& target, const std::string& table, const std::string& own_column,
                                 const std::string& related_column, const std::string& type_column,
                                 const std::string& type_name) {
  if (!target.features().upsert) {
    throw query_error(errc::unsupported_feature,
                      std::string(target.name()) + " has no INSERT that leaves out rows that are there");
  }
  target.quote(table_, table);
  target.quote(own_, own_column);
  target.quote(related_, related_column);
  if (type_column.empty()) return;
  target.quote(type_, type_column);
  type_name_ = "'";
  for (const char c : type_name) {
    type_name_ += c;
    if (c == '\'') type_name_ += c;
  }
  type_name_ += '\'';
}

std::string join_table_text::select() const {
  return "SELECT " + related_ + " FROM " + table_ + " WHERE " + own_ + " = ?" + of_type();
}

std::string join_table_text::insert(std::size_t related) const {
  const bool typed = !type_.empty();
  std::string sql = "INSERT INTO " + table_ + " (" + own_ + ", " + related_ + (typed ? ", " + type_ : "") + ") VALUES ";
  const std::string row = typed ? "(?, ?, " + type_name_ + ")" : "(?, ?)";
  for (std::size_t i = 0; i < related; ++i) sql += i != 0 ? ", " + row : row;
  return sql + " ON CONFLICT DO NOTHING";
}

std::string join_table_text::erase(std::size_t related) const {
  std::string sql = erase_all() + " AND " + related_ + " IN (";
  for (std::size_t i = 0; i < related; ++i) sql += i != 0 ? ", ?" : "?";
  return sql + ")";
}

std::string join_table_text::erase_all() const {
  return "DELETE FROM " + table_ + " WHERE " + own_ + " = ?" + of_type();
}

std::string join_table_text::of_type() const {
  return type_.empty() ? std::string() : " AND " + type_ + " = " + type_name_;
}

}  // namespace tupelo
