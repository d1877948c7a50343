// SPDX-License-Identifier: Apache-2.0
#include "schema_text.hpp"

#include <tupelo/schema/generator.hpp>

#include <nlohmann/json.hpp>

namespace tupelo::cli {

nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const schema_operation& operation : operations) {
    list.push_back(
        {{"table", operation.table()}, {"change", operation.describe()}, {"code", operation_source(operation)}});
  }
  return list;
}

}  // namespace tupelo::cli
