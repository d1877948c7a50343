// SPDX-License-Identifier: Apache-2.0
#include "entity_graph.hpp"
#include "layout.hpp"

#include <algorithm>
#include <cstdio>

namespace tupelo::diagrams {
namespace {

// Plain colours: renderers other than browsers know no variables.
constexpr std::string_view style = R"(<style>
.erd { background: #ffffff; font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.erd text { fill: #1d2733; font-size: 12px; font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.erd text.name { font-weight: bold; }
.erd text.type { fill: #66758a; text-anchor: end; }
.erd text.key { fill: #9a5b00; font-size: 9px; }
.erd text.primary { text-decoration: underline; }
.erd .box { fill: #fbfcfe; stroke: #8593a6; }
.erd .head { fill: #e4ecf7; stroke: #8593a6; }
.erd .line { fill: none; stroke: #8593a6; stroke-width: 1.3; }
.erd .ring { fill: #ffffff; stroke: #8593a6; stroke-width: 1.3; }
@media (prefers-color-scheme: dark) {
  .erd { background: #14181f; }
  .erd text { fill: #e3e8ef; }
  .erd text.type { fill: #93a1b5; }
  .erd text.key { fill: #e0a458; }
  .erd .box { fill: #1b212b; stroke: #6f7f95; }
  .erd .head { fill: #25324a; stroke: #6f7f95; }
  .erd .line { stroke: #6f7f95; }
  .erd .ring { fill: #14181f; stroke: #6f7f95; }
}
</style>
)";

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string at(double x, double y) { return number(x) + " " + number(y); }

/// Straight through columns, curved between them.
std::string path_of(const line& l) {
  std::string d = "M" + at(l.points.front().x, l.points.front().y);
  const bool turns_back = l.leaves_child_leftward && l.enters_parent_leftward;
  for (std::size_t i = 1; i < l.points.size(); ++i) {
    const point from = l.points[i - 1], to = l.points[i];
    const bool through_column = i % 2 == 0;
    if (through_column) {
      d += "H" + number(to.x);
      continue;
    }
    if (turns_back) {
      const double out = (from.x < to.x ? from.x : to.x) - 46;
      d += "C" + at(out, from.y) + " " + at(out, to.y) + " " + at(to.x, to.y);
      continue;
    }
    const double middle = (from.x + to.x) / 2;
    d += "C" + at(middle, from.y) + " " + at(middle, to.y) + " " + at(to.x, to.y);
  }
  return d;
}

/// At an end of a line: `outward` is -1 where the line goes to the left.
std::string bar(point end, double outward, double distance) {
  const double x = end.x + outward * distance;
  return "<path class=\"line\" d=\"M" + at(x, end.y - 5) + "V" + number(end.y + 5) + "\"/>";
}
std::string ring(point end, double outward, double distance) {
  return "<circle class=\"ring\" cx=\"" + number(end.x + outward * distance) + "\" cy=\"" + number(end.y) +
         "\" r=\"3.5\"/>";
}
std::string foot(point end, double outward) {
  const double x = end.x + outward * 11;
  return "<path class=\"line\" d=\"M" + at(end.x, end.y - 6) + "L" + at(x, end.y) + "L" + at(end.x, end.y + 6) + "\"/>";
}

std::string drawn(const relationship& r, const line& l, const entity_graph& graph) {
  const double at_child = l.leaves_child_leftward ? -1 : 1, at_parent = l.enters_parent_leftward ? -1 : 1;
  std::string out = "<g class=\"relation\" data-from=\"" + std::to_string(r.child) + "\" data-to=\"" +
                    std::to_string(r.parent) + "\">";
  out += "<title>" + escaped(graph.entities[r.child].name + " (" + r.columns + ") → " + graph.entities[r.parent].name) +
         "</title>";
  out += "<path class=\"line\" d=\"" + path_of(l) + "\"/>";
  out += r.one ? bar(l.points.front(), at_child, 6) : foot(l.points.front(), at_child);
  out += ring(l.points.front(), at_child, r.one ? 12 : 15);
  out += bar(l.points.back(), at_parent, 6);
  out += r.optional ? ring(l.points.back(), at_parent, 12) : bar(l.points.back(), at_parent, 10);
  return out + "</g>\n";
}

std::string text(double x, double y, std::string_view classes, const std::string& said) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"" +
         (classes.empty() ? "" : " class=\"" + std::string(classes) + "\"") + ">" + escaped(said) + "</text>";
}

std::string drawn(const entity& e, const box& b, std::size_t index) {
  std::string out = "<g class=\"entity\" id=\"t" + std::to_string(index) + "\" data-name=\"" + escaped(e.name) + "\">";
  if (!e.comment.empty()) out += "<title>" + escaped(e.comment) + "</title>";
  out += "<rect class=\"box\" rx=\"4\" x=\"" + number(b.x) + "\" y=\"" + number(b.y) + "\" width=\"" + number(b.width) +
         "\" height=\"" + number(b.height) + "\"/>";
  out += "<rect class=\"head\" rx=\"4\" x=\"" + number(b.x) + "\" y=\"" + number(b.y) + "\" width=\"" +
         number(b.width) + "\" height=\"" + number(header_height) + "\"/>";
  out += text(b.x + 9, b.y + 17, "name", e.name);
  for (std::size_t row = 0; row < e.attributes.size(); ++row) {
    const attribute& a = e.attributes[row];
    const double y = b.row_y(row) + 4;
    const std::string_view key = a.primary ? "PK" : a.foreign ? "FK" : a.unique ? "UQ" : "";
    out += "<g>";
    if (!a.comment.empty()) out += "<title>" + escaped(a.comment) + "</title>";
    if (!key.empty()) out += text(b.x + 9, y, "key", std::string(key));
    out += text(b.x + 28, y, a.primary ? "primary" : "", a.name);
    out += text(b.x + b.width - 9, y, "type", a.type + (a.nullable ? "?" : ""));
    out += "</g>";
  }
  return out + "</g>\n";
}

}  // namespace

std::string svg_of(const entity_graph& graph, const std::string& title) {
  const layout placed = layout::of(graph);
  const std::string width = number(std::max(placed.width, 120.0)), height = number(std::max(placed.height, 60.0));
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"erd\" width=\"" + width + "\" height=\"" +
                    height + "\" viewBox=\"0 0 " + width + " " + height + "\">\n<title>" + escaped(title) +
                    "</title>\n";
  out += style;
  for (std::size_t i = 0; i < graph.relationships.size(); ++i)
    out += drawn(graph.relationships[i], placed.lines[i], graph);
  for (std::size_t i = 0; i < graph.entities.size(); ++i) out += drawn(graph.entities[i], placed.boxes[i], i);
  return out + "</svg>\n";
}

}  // namespace tupelo::diagrams
