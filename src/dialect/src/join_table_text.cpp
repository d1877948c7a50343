// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/join_table_text.hpp"

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo {

namespace {

std::vector<std::string> quoted(const dialect& target, const std::vector<std::string>& names) {
  std::vector<std::string> columns(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) target.quote(columns[i], names[i]);
  return columns;
}

std::string all_equal(const std::vector<std::string>& columns) {
  std::string sql;
  for (const std::string& column : columns) sql += (sql.empty() ? "" : " AND ") + column + " = ?";
  return sql;
}

std::string listed(const std::vector<std::string>& columns) {
  std::string sql;
  for (const std::string& column : columns) sql += (sql.empty() ? "" : ", ") + column;
  return sql;
}

}  // namespace

join_table_text::join_table_text(const dialect& target, const std::string& table,
                                 const std::vector<std::string>& own_columns,
                                 const std::vector<std::string>& related_columns, const std::string& type_column,
                                 const std::string& type_name)
    : target_(target) {
  if (!target.features().upsert) {
    throw query_error(errc::unsupported_feature,
                      std::string(target.name()) + " has no INSERT that leaves out rows that are there");
  }
  target.quote(table_, table);
  own_ = quoted(target, own_columns);
  related_ = quoted(target, related_columns);
  if (type_column.empty()) return;
  target.quote(type_, type_column);
  type_name_ = "'";
  for (const char c : type_name) {
    type_name_ += c;
    if (c == '\'') type_name_ += c;
  }
  type_name_ += '\'';
}

void join_table_text::mark_in(const std::string& column, bool by_key, const std::string& updated,
                              const std::string& version) {
  mark_ = column;
  marked_by_key_ = by_key;
  updated_ = updated;
  version_ = version;
}

void join_table_text::fill_in(const std::vector<std::string>& columns) { filled_ = quoted(target_, columns); }

std::string join_table_text::select() const {
  return "SELECT " + listed(related_) + " FROM " + table_ + " WHERE " + is_owner();
}

std::string join_table_text::insert(std::size_t related) const {
  const bool typed = !type_.empty();
  std::string sql = "INSERT INTO " + table_ + " (" + listed(own_) + ", " + listed(related_) +
                    (typed ? ", " + type_ : "") + (filled_.empty() ? "" : ", " + listed(filled_)) + ") VALUES ";
  std::string row = "(?";
  for (std::size_t i = 1; i < own_.size() + related_.size(); ++i) row += ", ?";
  if (typed) row += ", " + type_name_;
  for (std::size_t i = 0; i < filled_.size(); ++i) row += ", ?";
  row += ')';
  for (std::size_t i = 0; i < related; ++i) sql += i != 0 ? ", " + row : row;
  if (!marked_by_key_) return sql + " ON CONFLICT DO NOTHING";
  return sql + " ON CONFLICT (" + listed(own_) + ", " + listed(related_) + (typed ? ", " + type_ : "") +
         ") DO UPDATE SET " + mark_ + " = NULL" + (fills(updated_) ? ", " + updated_ + " = excluded." + updated_ : "") +
         next_version() + " WHERE " + table_ + "." + mark_ + " IS NOT NULL";
}

std::string join_table_text::erase(std::size_t related) const { return erase_all() + " AND " + is_one_of(related); }

std::string join_table_text::erase_others(std::size_t related) const {
  return related == 0 ? erase_all() : erase_all() + " AND NOT " + is_one_of(related);
}

std::string join_table_text::erase_all() const {
  if (mark_.empty()) return "DELETE FROM " + table_ + " WHERE " + is_owner();
  return "UPDATE " + table_ + " SET " + mark_ + " = ?" + (updated_.empty() ? "" : ", " + updated_ + " = ?") +
         next_version() + " WHERE " + is_owner();
}

std::string join_table_text::next_version() const {
  return version_.empty() ? std::string() : ", " + version_ + " = " + table_ + "." + version_ + " + 1";
}

bool join_table_text::fills(const std::string& column) const {
  return !column.empty() && std::find(filled_.begin(), filled_.end(), column) != filled_.end();
}

std::string join_table_text::is_owner() const {
  return all_equal(own_) + of_type() + (mark_.empty() ? "" : " AND " + mark_ + " IS NULL");
}

std::string join_table_text::is_one_of(std::size_t related) const {
  std::string sql = related_.size() == 1 ? related_[0] + " IN (" : "(";
  const std::string each = related_.size() == 1 ? "?" : "(" + all_equal(related_) + ")";
  const std::string_view between = related_.size() == 1 ? ", " : " OR ";
  for (std::size_t i = 0; i < related; ++i) {
    if (i != 0) sql += between;
    sql += each;
  }
  return sql + ")";
}

std::string join_table_text::of_type() const {
  return type_.empty() ? std::string() : " AND " + type_ + " = " + type_name_;
}

}  // namespace tupelo
