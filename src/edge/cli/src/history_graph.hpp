// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

/// One line of the drawing; the line of a revision has its name, the others only join lines.
struct graph_line {
  std::string drawing;  ///< "| * "
  std::string_view revision{};
};

/// The history as a graph, the newest revision first: a column for each line of development.
std::vector<graph_line> history_graph(const history& all);

}  // namespace tupelo::cli
