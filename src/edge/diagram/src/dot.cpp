// SPDX-License-Identifier: Apache-2.0
#include "entity_graph.hpp"

namespace tupelo::diagrams {
namespace {

std::string node(std::size_t entity) { return "t" + std::to_string(entity); }
std::string port(std::size_t row) { return "r" + std::to_string(row); }

std::string row_text(const attribute& a, std::size_t row) {
  std::string name = escaped(a.name);
  if (a.primary) name = "<b>" + name + "</b>";
  return "<tr><td align=\"left\" port=\"" + port(row) + "\">" + name +
         "</td><td align=\"left\"><font color=\"#666666\">" + escaped(a.type) + (a.nullable ? "?" : "") +
         "</font></td></tr>";
}

/// A text of DOT within double quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

}  // namespace

std::string dot_of(const entity_graph& graph, const std::string& title) {
  std::string out = "digraph " + quoted(title) +
                    " {\n  rankdir=LR;\n  node [shape=plain, fontname=\"monospace\", fontsize=11];\n"
                    "  edge [dir=both, color=\"#666666\"];\n";
  for (std::size_t i = 0; i < graph.entities.size(); ++i) {
    const entity& e = graph.entities[i];
    out += "  " + node(i) +
           " [label=<<table border=\"1\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"3\"><tr><td colspan=\"2\" "
           "bgcolor=\"#e8eef7\"><b>" +
           escaped(e.name) + "</b></td></tr>";
    for (std::size_t row = 0; row < e.attributes.size(); ++row) out += row_text(e.attributes[row], row);
    out += "</table>>];\n";
  }
  for (const relationship& r : graph.relationships) {
    out += "  " + node(r.parent) + ":" + port(r.parent_row) + " -> " + node(r.child) + ":" + port(r.child_row) +
           " [arrowtail=" + (r.optional ? "teeodot" : "teetee") + ", arrowhead=" + (r.one ? "teeodot" : "crowodot") +
           ", tooltip=" + quoted(r.columns) + "];\n";
  }
  return out + "}\n";
}

}  // namespace tupelo::diagrams
