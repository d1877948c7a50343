// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "text_file.hpp"

#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

/// A folder's name as the name of a database file: letters, digits, `-` and `_`.
std::string database_name(const fs::path& root) {
  std::string name;
  for (char c : root.filename().string()) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (kept) name += c;
  }
  return name.empty() ? "app" : name;
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string project_text(const std::string& url) {
  return "# What `db` commands need to know of this project. --url and DATABASE_URL come before what is written here.\n"
         "# A URL with a password belongs in DATABASE_URL or in .env, not in a file that is committed.\n\n"
         "[database]\n" +
         (url.empty() ? "# url = \"sqlite:///app.db\"\n" : "url = " + toml_text(url) + "\n") +
         "\n[migrations]\ndirectory = \"migrations\"\n\n"
         "# How `tupelo db …` builds and finds the project's own program.\n"
         "[manage]\nbuild_directory = \"build\"\ntarget = \"manage\"\n";
}

}  // namespace

int run_init(command& c) {
  const project& found = c.in_project();
  const fs::path config = found.root / project_file;
  std::string url = c.args().url.empty() ? "sqlite:///" + database_name(found.root) + ".db" : c.args().url;
  const driver::url parsed = driver::url::parse(url);
  if (parsed.redacted().find("***") != std::string::npos && !found.configured) {
    c.warn("the URL holds a password and was not written to tupelo.toml; put it into DATABASE_URL or .env");
    url.clear();
  }
  if (found.configured && !c.args().url.empty()) {
    c.warn(c.in_project().shown(config) + " is there already and was left as it is; --url was not written to it");
  }

  std::vector<std::string> made;
  std::vector<std::string> kept;
  const bool has_folder = fs::is_directory(found.migrations);
  (found.configured ? kept : made).push_back(found.shown(config));
  (has_folder ? kept : made).push_back(found.shown(found.migrations) + "/");
  if (!c.args().dry_run) {
    if (!found.configured) write_new_text(config, project_text(url));
    if (!has_folder) {
      std::error_code failure;
      fs::create_directories(found.migrations, failure);
      if (failure) {
        throw configuration_error(errc::invalid_configuration,
                                  "cannot make " + found.migrations.string() + ": " + failure.message());
      }
    }
  }

  if (c.args().json) {
    c.out().json({{"root", found.root.string()}, {"made", made}, {"kept", kept}, {"dry_run", c.args().dry_run}});
    return exit_ok;
  }
  for (const std::string& name : made) {
    c.out().line(c.out().painted(ink::green, c.args().dry_run ? "would make " : "made ") + name);
  }
  for (const std::string& name : kept) c.out().line("kept " + name);
  if (!made.empty()) c.out().line("Next: `db migrate \"Initial\"` writes the first migration from the models.");
  return exit_ok;
}

}  // namespace tupelo::cli
