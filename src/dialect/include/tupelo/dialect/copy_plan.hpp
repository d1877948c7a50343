// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// How rows go into a table by COPY.
struct copy_plan {
  statement_plan plan;        ///< `COPY table (columns) FROM STDIN`, and what each column is made of; no format is said
  std::string columns_query;  ///< a query with the same columns, whose description tells their types
};

/// Rows of the model into its table. `with_key`: a generated key too, else the database makes it.
copy_plan plan_copy(const dialect& target, const model_info& model, bool with_key);

/// Rows of any struct or tuple into these columns, in the order of its fields. The names must outlive the plan.
/// Errors: query_error where there are more or fewer columns than fields.
copy_plan plan_copy(const dialect& target, std::string_view table, const std::vector<std::string>& columns,
                    const model_info& row);

/// The same as an INSERT of so many rows, for databases without COPY.
statement_plan plan_insert(const dialect& target, std::string_view table, const std::vector<std::string>& columns,
                           const model_info& row, std::uint32_t rows);

}  // namespace tupelo
