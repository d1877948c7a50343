// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace tupelo::cli {

/// The statements of these operations, to read; what only a database can answer is a comment.
std::vector<std::string> sql_of(const dialect& sql, const std::vector<schema_operation>& operations,
                                const schema_definition& before);

/// [{"table": …, "change": …, "code": …}]
nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations);

}  // namespace tupelo::cli
