// SPDX-License-Identifier: Apache-2.0
#include "entity_graph.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <map>

namespace tupelo::diagrams {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

entity entity_of(const table_definition& table) {
  entity made{table.name, table.comment, {}};
  for (const column_definition& column : table.columns) {
    attribute a{.name = column.name, .type = column.type.to_string()};
    a.primary = has(table.primary_key.columns, column.name);
    a.unique = !(a.primary && table.primary_key.columns.size() == 1) && table.is_unique({column.name});
    a.foreign = std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                            [&](const foreign_key_definition& key) { return has(key.columns, column.name); });
    a.nullable = column.nullable;
    a.comment = column.comment;
    made.attributes.push_back(std::move(a));
  }
  return made;
}

std::size_t row_of(const entity& in, const std::vector<std::string>& columns) {
  if (columns.empty()) return 0;
  const auto at = std::find_if(in.attributes.begin(), in.attributes.end(),
                               [&](const attribute& a) { return a.name == columns.front(); });
  return at == in.attributes.end() ? 0 : static_cast<std::size_t>(at - in.attributes.begin());
}

bool may_be_null(const table_definition& table, const std::vector<std::string>& columns) {
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& name) {
    const column_definition* column = table.find_column(name);
    return column != nullptr && column->nullable;
  });
}

std::vector<const table_definition*> chosen(const schema_definition& schema, const std::vector<std::string>& tables) {
  std::vector<const table_definition*> all;
  if (tables.empty()) {
    for (const table_definition& table : schema.tables) all.push_back(&table);
    return all;
  }
  for (const std::string& name : tables) {
    const table_definition* table = schema.find(name);
    if (table == nullptr) {
      throw configuration_error(errc::invalid_configuration,
                                "there is no table " + name + " to draw; leave the names out to draw all of them");
    }
    all.push_back(table);
  }
  for (const std::string& name : tables) {
    for (const foreign_key_definition& key : schema.find(name)->foreign_keys) {
      if (const table_definition* other = schema.find(key.references)) all.push_back(other);
    }
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

entity_graph entity_graph::of(const schema_definition& schema, const std::vector<std::string>& tables) {
  entity_graph graph;
  std::map<std::string_view, std::size_t> place;
  const std::vector<const table_definition*> all = chosen(schema, tables);
  for (const table_definition* table : all) {
    place.emplace(table->name, graph.entities.size());
    graph.entities.push_back(entity_of(*table));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const foreign_key_definition& key : all[i]->foreign_keys) {
      const auto parent = place.find(key.references);
      if (parent == place.end()) continue;  // only some tables are drawn, or it is another schema's
      relationship r{.child = i, .parent = parent->second, .child_row = 0, .parent_row = 0};
      r.child_row = row_of(graph.entities[i], key.columns);
      r.parent_row = row_of(graph.entities[r.parent], key.referenced_columns);
      r.one = all[i]->is_unique(key.columns);
      r.optional = may_be_null(*all[i], key.columns);
      r.columns = joined(key.columns);
      graph.relationships.push_back(std::move(r));
    }
  }
  return graph;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        // XML has no other control characters, escaped or not.
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

}  // namespace tupelo::diagrams

namespace tupelo {

std::optional<diagram_format> diagram_format_named(std::string_view name) noexcept {
  if (name == "svg") return diagram_format::svg;
  if (name == "html") return diagram_format::html;
  if (name == "mermaid") return diagram_format::mermaid;
  if (name == "dot") return diagram_format::dot;
  return std::nullopt;
}

std::string diagram(const schema_definition& schema, diagram_format format, const diagram_options& options) {
  const diagrams::entity_graph graph = diagrams::entity_graph::of(schema, options.tables);
  switch (format) {
    case diagram_format::svg: return diagrams::svg_of(graph, options.title);
    case diagram_format::html: return diagrams::html_of(graph, options.title);
    case diagram_format::mermaid: return diagrams::mermaid_of(graph);
    case diagram_format::dot: return diagrams::dot_of(graph, options.title);
  }
  return {};
}

}  // namespace tupelo
