// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/verbs.hpp"
#include "tupelo/dialect/dialect.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace tupelo::detail {

namespace {

/// What is below a row is moved to the right of it.
std::string indented(const std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>>& rows) {
  std::map<std::int64_t, std::size_t> depths;
  std::string text;
  for (const auto& [id, above, unused, step] : rows) {
    const auto known = depths.find(above);
    const std::size_t depth = known == depths.end() ? 0 : known->second + 1;
    depths[id] = depth;
    text.append(text.empty() ? "" : "\n").append(2 * depth, ' ').append(step);
  }
  return text;
}

}  // namespace

task<std::string> explain(query_core core, query_source* source) {
  const bool trees = require_source(source)->sql_dialect().features().plans_are_trees;
  core.word(make_word(op::explain));
  if (trees) {
    using row = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>;
    core.row_type(row_meta<row>::spec);
    const std::vector<row> rows = co_await select_verbs<row>::all(core, source);
    co_return indented(rows);
  }
  core.row_type(row_meta<std::string>::spec);
  const std::vector<std::string> lines = co_await select_verbs<std::string>::all(core, source);
  std::string text;
  for (const std::string& line : lines) text.append(text.empty() ? "" : "\n").append(line);
  co_return text;
}

}  // namespace tupelo::detail
