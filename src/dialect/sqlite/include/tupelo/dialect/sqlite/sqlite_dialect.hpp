// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"

namespace tupelo::sqlite {

/// SQLite's SQL. Source: https://www.sqlite.org/lang.html
class sqlite_dialect final : public dialect {
public:
  std::string_view name() const noexcept override { return "SQLite"; }
  const feature_table& features() const noexcept override;
  const schema_dialect& schema() const noexcept override;
  std::string begin(const transaction_start& start) const override;
  std::string explain(explain_options how) const override;
  void placeholder(std::string& sql, std::uint32_t number, value_type) const override;
  void next_placeholder(std::string& sql, std::uint32_t) const override { sql += '?'; }
  std::string_view triggers_query() const noexcept override;
  std::uint32_t places_of(std::uint8_t bucket) const noexcept override;
  bool list_as_one(std::uint8_t bucket) const noexcept override;
  void row_list(std::string& sql, const call_argument* columns, std::size_t count, std::uint32_t first) const override;
  void in_list(std::string& sql, std::string_view column, std::uint32_t first, std::uint8_t bucket,
               value_type values) const override;
  void returned_null(std::string& sql, std::string_view term, bool is_null) const override;
  void returned_membership(std::string& sql, std::string_view term, std::string_view test) const override;
  void call(std::string& sql, const function_call& call) const override;
  bool gives_near(const function_call& call) const noexcept override;
  void settle(std::string& sql) const override;
  void hold(std::string& sql, kind field, bool native) const override;
  void search(std::string& sql, const search_call& call) const override;
  void literal(std::string& sql, const literal_value& value) const override;
  void array_literal(std::string& sql, const std::vector<literal_value>& elements) const override;
  void date_part(std::string& sql, function part, const call_argument& moment) const override;
};

const dialect& dialect_instance();

}  // namespace tupelo::sqlite
