// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "entity_graph.hpp"

#include <vector>

namespace tupelo::diagrams {

/// Sizes of what is drawn. Units: pixels of the picture, whose text is 12 of them high in a font of fixed width.
inline constexpr double character_width = 7.25;
inline constexpr double header_height = 26;
inline constexpr double row_height = 19;

struct point {
  double x, y;
};

struct box {
  double x = 0, y = 0, width = 0, height = 0;

  /// The middle of a row's height.
  double row_y(std::size_t row) const { return y + header_height + (static_cast<double>(row) + 0.5) * row_height; }
};

/// A line from a child's side to a parent's, by way of points that lie between other boxes.
struct line {
  std::vector<point>
      points;  ///< the first at the child, the last at the parent; between them in pairs: into and out of a column
  bool leaves_child_leftward = true;
  bool enters_parent_leftward = false;  ///< the line ends at the parent's left side
};

struct layout {
  double width = 0, height = 0;
  std::vector<box> boxes;   ///< of the entities
  std::vector<line> lines;  ///< of the relationships

  /// Columns of boxes, those that are referenced first; within a column so that lines cross little (barycentres, as
  /// Sugiyama, Tagawa and Toda 1981 have them). Long columns are broken; tables without relations come last, in a grid.
  static layout of(const entity_graph& graph);
};

/// How many characters of a fixed width a UTF-8 text takes.
std::size_t shown_length(std::string_view text) noexcept;

}  // namespace tupelo::diagrams
