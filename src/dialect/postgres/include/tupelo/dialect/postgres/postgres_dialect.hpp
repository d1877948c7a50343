// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"

namespace tupelo::postgres {

/// PostgreSQL's SQL, from release 12 on. Parameters are sent without types: the server infers them, and a cast stands
/// where it could not or would take a narrower type than the value has.
/// Source: https://www.postgresql.org/docs/current/sql.html
class postgres_dialect final : public dialect {
public:
  std::string_view name() const noexcept override { return "PostgreSQL"; }
  const feature_table& features() const noexcept override;
  const schema_dialect& schema() const noexcept override;
  /// Locks are taken as statements need them, whatever the mode.
  std::string begin(const transaction_start& start) const override;
  bool changes_session(std::string_view sql) const noexcept override;
  std::string_view reset_session() const noexcept override;
  std::string_view notify_query() const noexcept override;
  std::string advisory_query(advisory_action action, bool shared, bool of_transaction, bool by_name) const override;
  std::string reset_sequence(std::string_view table, std::string_view column) const override;
  void placeholder(std::string& sql, std::uint32_t number, value_type value) const override;
  std::uint32_t places_of(std::uint8_t) const noexcept override { return 1; }
  bool list_as_one(std::uint8_t) const noexcept override { return true; }
  void row_list(std::string& sql, const call_argument* columns, std::size_t count, std::uint32_t first) const override;
  /// `column = ANY($n)`: one text whatever the length.
  void in_list(std::string& sql, std::string_view column, std::uint32_t first, std::uint8_t bucket,
               value_type values) const override;
  void call(std::string& sql, const function_call& call) const override;
  void search(std::string& sql, const search_call& call) const override;
  void literal(std::string& sql, const literal_value& value) const override;
  void array_literal(std::string& sql, const std::vector<literal_value>& elements) const override;
  std::string_view call_suffix(const function_call& call) const noexcept override;
  void keep_apart(std::string& sql) const override;
  void hold(std::string& sql, kind field, bool native) const override;
  void date_part(std::string& sql, function part, const call_argument& moment) const override;
  void like_any_case(std::string& sql, std::string_view text, std::string_view pattern) const override;
  void null_order(std::string& sql, bool descending) const override;
  void check_written(std::string& sql, std::uint32_t rows, std::string_view returned) const override;
  bool says_not_all_written(std::string_view sqlstate) const noexcept override;
  std::size_t behind_opaque(std::string_view sql, std::size_t at) const noexcept override;
  /// `?` becomes the next `$n`, `?7` becomes `$7`, and `??` the operator `?`. A text that has `$n` itself, or no
  /// parameters, stays as it is.
  void raw(std::string& sql, std::string_view text, std::size_t parameters) const override;
};

const dialect& dialect_instance();

}  // namespace tupelo::postgres
