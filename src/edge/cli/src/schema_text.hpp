// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace tupelo::cli {

/// [{"table": …, "change": …, "code": …}]
nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations);

}  // namespace tupelo::cli
