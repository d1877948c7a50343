// SPDX-License-Identifier: Apache-2.0
#include "history_graph.hpp"

#include <algorithm>
#include <cstddef>

namespace tupelo::cli {
namespace {

/// What each column comes to next.
using columns = std::vector<std::string_view>;

std::string upright(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += "| ";
  return out;
}

/// Columns from `at` on move one to the left.
std::string leaning_left(std::size_t at, std::size_t count) {
  std::string out = upright(at);
  out.pop_back();
  for (std::size_t i = at; i < count; ++i) out += "/ ";
  return out;
}

/// A column opens behind `at`, and those behind it move one to the right.
std::string leaning_right(std::size_t at, std::size_t count) {
  std::string out = upright(at + 1);
  out.pop_back();
  for (std::size_t i = at + 1; i <= count; ++i) out += "\\ ";
  return out;
}

}  // namespace

std::vector<graph_line> history_graph(const history& all) {
  std::vector<graph_line> lines;
  columns open;
  for (auto m = all.ordered().rbegin(); m != all.ordered().rend(); ++m) {
    std::size_t at = static_cast<std::size_t>(std::find(open.begin(), open.end(), m->revision) - open.begin());
    if (at == open.size()) open.push_back(m->revision);
    for (std::size_t other = open.size() - 1; other > at; --other) {
      if (open[other] != m->revision) continue;
      lines.push_back({leaning_left(other, open.size())});
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(other));
    }
    lines.push_back({upright(at) + "* " + upright(open.size() - at - 1), m->revision});
    if (m->parents.empty()) {
      if (at + 1 < open.size())
        lines.push_back({upright(at) + " " + leaning_left(at + 1, open.size()).substr(2 * at + 1)});
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      continue;
    }
    open[at] = m->parents.front();
    for (std::size_t i = 1; i < m->parents.size(); ++i) {
      lines.push_back({leaning_right(at, open.size())});
      open.insert(open.begin() + static_cast<std::ptrdiff_t>(at + 1), m->parents[i]);
    }
  }
  for (graph_line& line : lines) {
    while (line.drawing.ends_with(' ')) line.drawing.pop_back();
  }
  return lines;
}

}  // namespace tupelo::cli
