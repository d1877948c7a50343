// SPDX-License-Identifier: Apache-2.0
#include "schema_text.hpp"

#include <tupelo/schema/generator.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>

namespace tupelo::cli {

nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const schema_operation& operation : operations) {
    list.push_back(
        {{"table", operation.table()}, {"change", operation.describe()}, {"code", operation_source(operation)}});
  }
  return list;
}

nlohmann::ordered_json json_of(const std::vector<schema_object>& others) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const schema_object& other : others) {
    list.push_back(
        {{"kind", other.kind}, {"name", other.name}, {"table", other.table}, {"definition", other.definition}});
  }
  return list;
}

nlohmann::ordered_json json_of(const std::vector<migrate::changed_object>& objects) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const migrate::changed_object& one : objects) {
    list.push_back({{"object", one.object}, {"change", migrate::name_of(one.what)}});
  }
  return list;
}

void print_others(console& to, const std::vector<schema_object>& others) {
  constexpr std::size_t most = 12;
  std::string names;
  for (std::size_t i = 0; i < others.size() && i < most; ++i) names += (i == 0 ? "" : ", ") + others[i].describe();
  if (others.size() > most) names += " and " + std::to_string(others.size() - most) + " more (--json lists them)";
  if (!names.empty()) to.line("beside    what models have no words for: " + names);
}

}  // namespace tupelo::cli
