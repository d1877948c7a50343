// SPDX-License-Identifier: Apache-2.0
#include "entity_graph.hpp"

#include <set>

namespace tupelo::diagrams {
namespace {

bool plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Names of columns and types: letters, digits and underscores, a letter first.
std::string word(std::string_view text) {
  std::string out;
  for (const char c : text) out += plain(c) ? c : '_';
  if (out.empty() || (out[0] >= '0' && out[0] <= '9')) out.insert(0, 1, 'c');
  return out;
}

/// Within double quotes, which Mermaid cannot escape.
std::string mermaid_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' || c == '\n' || c == '\\' || c == '%' ? '_' : c;
  return out + '"';
}

/// Entities that would read alike get a number.
std::vector<std::string> names_of(const entity_graph& graph) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const entity& e : graph.entities) {
    const std::string wanted = mermaid_text(e.name);
    std::string name = wanted;
    for (int i = 2; !taken.insert(name).second; ++i)
      name = wanted.substr(0, wanted.size() - 1) + "_" + std::to_string(i) + '"';
    names.push_back(name);
  }
  return names;
}

}  // namespace

std::string mermaid_of(const entity_graph& graph) {
  const std::vector<std::string> names = names_of(graph);
  std::string out = "erDiagram\n";
  for (std::size_t i = 0; i < graph.entities.size(); ++i) {
    out += "  " + names[i] + " {\n";
    for (const attribute& a : graph.entities[i].attributes) {
      const std::string shown = word(a.name);
      std::string keys = a.primary ? "PK" : "";
      if (a.foreign) keys += keys.empty() ? "FK" : ",FK";
      if (a.unique) keys += keys.empty() ? "UK" : ",UK";
      out += "    " + word(a.type) + " " + shown + (keys.empty() ? "" : " " + keys);
      if (shown != a.name) {
        out += " " + mermaid_text(a.name);
      } else if (a.nullable) {
        out += " \"may be null\"";
      }
      out += '\n';
    }
    out += "  }\n";
  }
  for (const relationship& r : graph.relationships) {
    out += "  " + names[r.parent] + (r.optional ? " |o--" : " ||--") + (r.one ? "o| " : "o{ ") + names[r.child] +
           " : " + mermaid_text(r.columns) + "\n";
  }
  return out;
}

}  // namespace tupelo::diagrams
