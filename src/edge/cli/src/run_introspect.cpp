// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "output_file.hpp"

#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/model_writer.hpp>

#include <nlohmann/json.hpp>

namespace tupelo::cli {

int run_introspect(command& c) {
  const arguments& args = c.args();
  const output_file to(c);
  database& db = c.open_existing();
  const schema_definition live = c.wait(args.schema.empty() ? introspect(db) : introspect(db, args.schema));
  const model_source source = write_models(live, db.sql_dialect().schema(), args.tables);
  if (to.is_file() || !args.json) to.write(source.text);
  if (args.json) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    for (const auto& model : source.models) models.push_back({{"struct", model.name}, {"table", model.table}});
    nlohmann::ordered_json said{{"file", nullptr}, {"models", models}, {"left_out", source.left_out}};
    if (to.is_file()) {
      said["file"] = to.shown();
    } else {
      said["text"] = source.text;
    }
    c.out().json(said);
    return exit_ok;
  }
  if (to.is_file()) {
    c.out().line(c.out().painted(ink::green, "wrote ") + to.shown() + ", " + counted(source.models.size(), "model"));
  }
  if (!source.left_out.empty()) c.warn("models cannot say everything that the database has:");
  for (const std::string& one : source.left_out) c.err().line("  " + one);
  return exit_ok;
}

}  // namespace tupelo::cli
