// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "error_report.hpp"
#include "text_file.hpp"

#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/model_writer.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <ostream>

namespace tupelo::cli {

int run_introspect(command& c) {
  const arguments& args = c.args();
  const bool to_file = !args.output.empty() && args.output != "-";
  // Before the current directory may become the project's.
  const std::filesystem::path file = to_file ? c.around().directory / args.output : std::filesystem::path();
  if (args.force && !to_file) throw usage_error("--force replaces a file: say which with --output");
  if (to_file && !args.force && std::filesystem::exists(file)) {
    throw usage_error(file.string() + " is there already: --force replaces it, another --output leaves it");
  }
  database& db = c.open_existing();
  const schema_definition live = c.wait(introspect(db));
  const model_source source = write_models(live, db.sql_dialect().schema(), args.tables);
  if (to_file) {
    if (args.force) {
      replace_text(file, source.text);
    } else {
      write_new_text(file, source.text);
    }
  }
  if (args.json) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    for (const auto& model : source.models) models.push_back({{"struct", model.name}, {"table", model.table}});
    nlohmann::ordered_json said{{"file", nullptr}, {"models", models}, {"left_out", source.left_out}};
    if (to_file) {
      said["file"] = c.in_project().shown(file);
    } else {
      said["text"] = source.text;
    }
    c.out().json(said);
    return exit_ok;
  }
  if (to_file) {
    c.out().line(c.out().painted(ink::green, "wrote ") + c.in_project().shown(file) + ", " +
                 counted(source.models.size(), "model"));
  } else {
    c.out().stream() << source.text;
  }
  if (!source.left_out.empty()) c.warn("models cannot say everything that the database has:");
  for (const std::string& one : source.left_out) c.err().line("  " + one);
  return exit_ok;
}

}  // namespace tupelo::cli
