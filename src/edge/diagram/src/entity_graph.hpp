// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/diagram.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace tupelo::diagrams {

/// A column as it is drawn.
struct attribute {
  std::string name;
  std::string type;
  bool primary = false;
  bool foreign = false;
  bool unique = false;  ///< alone
  bool nullable = false;
  std::string comment{};
};

struct entity {
  std::string name;
  std::string comment;
  std::vector<attribute> attributes;
};

/// A foreign key between two entities of the graph, which may be the same.
struct relationship {
  std::size_t child, parent;
  std::size_t child_row, parent_row;  ///< the first column of the key, at either end
  bool one = false;                   ///< no two children have the same parent
  bool optional = false;              ///< a child may have none
  std::string columns{};              ///< of the child: "order_id, variant_id"
};

struct entity_graph {
  std::vector<entity> entities;
  std::vector<relationship> relationships;

  /// Errors: configuration_error, as of `diagram`.
  static entity_graph of(const schema_definition& schema, const std::vector<std::string>& tables);
};

/// Each of & < > " spelled so that XML and HTML show it.
std::string escaped(std::string_view text);

std::string svg_of(const entity_graph& graph, const std::string& title);
std::string html_of(const entity_graph& graph, const std::string& title);
std::string mermaid_of(const entity_graph& graph);
std::string dot_of(const entity_graph& graph, const std::string& title);

}  // namespace tupelo::diagrams
