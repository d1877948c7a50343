// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// A C++ statement made of calls: `t.text("email")`, `.unique()`. Laid out on one line, or on several when it is long.
class call_chain {
public:
  explicit call_chain(std::string first) : parts_{std::move(first)} {}
  call_chain& then(std::string call) {
    parts_.push_back("." + std::move(call));
    return *this;
  }
  bool has_calls() const noexcept { return parts_.size() > 1; }
  /// With a semicolon and a line end.
  std::string text(std::size_t indent) const;

private:
  std::vector<std::string> parts_;
};

/// A C++ string literal; raw where the text has line ends or many quotes.
std::string cpp_literal(std::string_view text);
/// `{"a", "b"}`.
std::string cpp_list(const std::vector<std::string>& names);
/// An identifier in SQL: quoted where it has to be.
std::string sql_name(std::string_view identifier);
/// `default_value(…)` where the SQL is a literal, else `default_sql(…)`.
std::string cpp_default(const std::string& sql);
/// `cascade` → `tp::cascade`.
std::string_view cpp_action(referential_action action) noexcept;

/// The calls of a column_editor that say everything about the column but its name and type.
void write_traits(call_chain& chain, const column_definition& column);
/// `integer()`, or `integer("age")` with the argument in front of those of the type.
std::string cpp_type(const column_type& type, const std::string& argument = {});

/// The body of create_table's function, indented.
std::string cpp_table(const table_definition& table, std::size_t indent);
/// One operation on an existing table: through a table_editor `t`, or through the schema_editor `db`.
call_chain cpp_change(const schema_operation& operation, bool through_table);

}  // namespace tupelo
