// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "error_report.hpp"
#include "output_file.hpp"

#include <tupelo/diagram.hpp>
#include <tupelo/schema/introspect.hpp>

#include <filesystem>

namespace tupelo::cli {
namespace {

/// By its name, else by the ending of the file, else a picture. Errors: usage_error for an ending that says no format.
diagram_format chosen_format(const arguments& args) {
  if (const auto named = diagram_format_named(args.picture)) return *named;
  const std::string ending = std::filesystem::path(args.output).extension().string();
  if (ending.empty()) return diagram_format::svg;
  if (ending == ".mmd" || ending == ".md") return diagram_format::mermaid;
  if (ending == ".htm") return diagram_format::html;
  if (const auto named = diagram_format_named(ending.substr(1))) return *named;
  throw usage_error(
      "a file that ends in " + ending +
      " is of no format known here: .svg, .html, .mmd, .md and .dot are, and --format says it for any other");
}

}  // namespace

int run_diagram(command& c) {
  const output_file to(c);
  const diagram_format format = chosen_format(c.args());
  diagram_options options;
  options.tables = c.args().tables;
  schema_definition schema;
  if (!c.args().live) {
    schema = c.models().schema;
    if (schema.tables.empty()) {
      throw usage_error("this program has no models to draw; --live draws the database that it is for");
    }
    options.title = c.in_project().root.filename().string();
  } else {
    schema = c.wait(introspect(c.open_existing()));
    options.title = c.address().redacted();
  }
  const std::string text = diagram(schema, format, options);
  to.write(text);
  if (to.is_file()) c.out().line(c.out().painted(ink::green, "wrote ") + to.shown());
  return exit_ok;
}

}  // namespace tupelo::cli
