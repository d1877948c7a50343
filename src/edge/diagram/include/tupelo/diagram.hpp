// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

enum class diagram_format : std::uint8_t {
  svg,      ///< a picture, laid out here
  html,     ///< the picture on a page of its own: to search, move and enlarge; needs no network
  mermaid,  ///< an erDiagram, for Markdown that renders it
  dot,      ///< for Graphviz
};

/// The format of that name, as the tool spells it; nothing where there is none.
std::optional<diagram_format> diagram_format_named(std::string_view name) noexcept;

struct diagram_options {
  std::string title = "schema";
  std::vector<std::string> tables{};  ///< only these and what they reference; empty: all
};

/// Tables with their columns and keys, and a line for each foreign key: from the table that has it to the one that it
/// names, with a crow's foot where many rows may name one.
///
/// Tables that are referenced stand left of those that reference them, as far as there are no circles. Names are shown
/// as they are in the database; Mermaid, which takes few characters, gets the others replaced and the name as a
/// comment. The same schema gives the same text everywhere. Errors: configuration_error where `tables` names one that
/// is not there.
std::string diagram(const schema_definition& schema, diagram_format format, const diagram_options& options = {});

}  // namespace tupelo
