// SPDX-License-Identifier: Apache-2.0
#include "project.hpp"

#include "env_file.hpp"
#include "text_file.hpp"

#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <toml++/toml.h>

#include <array>
#include <initializer_list>
#include <utility>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& file, const toml::source_region& where, const std::string& what) {
  throw configuration_error(errc::invalid_configuration,
                            file.filename().string() + ":" + std::to_string(where.begin.line) + ": " + what);
}

/// Reads one table; keys that are not known are refused, because a misspelt one would silently do nothing.
class section {
public:
  section(const toml::table& in, std::string name, const fs::path& file, std::initializer_list<std::string_view> keys)
      : in_(&in), name_(std::move(name)), file_(&file) {
    for (const auto& [key, value] : in) {
      bool known = false;
      std::string list;
      for (std::string_view candidate : keys) {
        known = known || key.str() == candidate;
        list += (list.empty() ? "" : ", ") + std::string(candidate);
      }
      if (!known) refuse(file, value.source(), "unknown key `" + full(key.str()) + "`; known here are: " + list);
    }
  }

  std::optional<std::string> text(std::string_view key) const {
    const toml::node* value = in_->get(key);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->as_string();
    if (text == nullptr) refuse(*file_, value->source(), "`" + full(key) + "` must be a text in quotes");
    if (text->get().empty())
      refuse(*file_, value->source(), "`" + full(key) + "` is empty; leave it out or fill it in");
    return text->get();
  }

  const toml::table* table(std::string_view key) const {
    const toml::node* value = in_->get(key);
    if (value == nullptr) return nullptr;
    if (const auto* inner = value->as_table()) return inner;
    refuse(*file_, value->source(), "`" + full(key) + "` must be a table: write [" + full(key) + "]");
  }

private:
  std::string full(std::string_view key) const {
    return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
  }

  const toml::table* in_;
  std::string name_;
  const fs::path* file_;
};

void use_defaults(project& made, const fs::path& root) {
  made.root = root;
  made.migrations = root / "migrations";
  made.build_folder = root / "build";
  made.manage_program = made.build_folder / made.manage_target;
}

/// The nearest folder, from this one upward, that holds the file.
std::optional<fs::path> search_upward(fs::path folder, std::string_view file) {
  for (;;) {
    std::error_code ignored;  // a folder that may not be read holds no project
    if (fs::is_regular_file(folder / file, ignored)) return folder;
    if (folder == folder.parent_path()) return std::nullopt;
    folder = folder.parent_path();
  }
}

}  // namespace

std::string project::shown(const fs::path& path) const {
  const fs::path inside = path.lexically_relative(root);
  return inside.empty() || *inside.begin() == ".." ? path.string() : inside.string();
}

project parse_project(std::string_view text, const fs::path& file) {
  toml::table all;
  try {
    all = toml::parse(text, file.string());
  } catch (const toml::parse_error& failure) {
    refuse(file, failure.source(), std::string(failure.description()));
  }
  project made;
  use_defaults(made, file.parent_path());
  made.configured = true;

  const section top(all, "", file, {"database", "lint", "manage", "migrations"});
  if (const toml::table* table = top.table("database"))
    made.url = section(*table, "database", file, {"url"}).text("url");
  if (const toml::table* table = top.table("migrations")) {
    if (auto folder = section(*table, "migrations", file, {"directory"}).text("directory"))
      made.migrations = made.root / *folder;
  }
  if (const toml::table* table = top.table("lint")) {
    if (const toml::table* names = section(*table, "lint", file, {"names"}).table("names")) {
      const section policy(*names, "lint.names", file, {"tables", "columns", "indexes", "constraints"});
      made.names = {policy.text("tables").value_or(""), policy.text("columns").value_or(""),
                    policy.text("indexes").value_or(""), policy.text("constraints").value_or("")};
    }
  }
  if (const toml::table* table = top.table("manage")) {
    const section manage(*table, "manage", file, {"build_directory", "target", "program"});
    if (auto folder = manage.text("build_directory")) made.build_folder = made.root / *folder;
    if (auto target = manage.text("target")) made.manage_target = *target;
    made.manage_program = made.build_folder / made.manage_target;
    if (auto program = manage.text("program")) made.manage_program = made.root / *program;
  }
  return made;
}

project find_project(const fs::path& from) {
  if (const auto root = search_upward(from, project_file)) {
    const fs::path file = *root / project_file;
    return parse_project(read_text(file), file);
  }
  project made;
  use_defaults(made, from);
  return made;
}

std::string database_address::redacted() const {
  try {
    return driver::url::parse(url).redacted();
  } catch (const configuration_error&) {
    return "a URL that cannot be read";  // it may hold a password, and nobody can tell where
  }
}

std::optional<database_address> find_address(std::string_view url_option, const project& in,
                                             const surroundings& around) {
  constexpr const char* variable = "DATABASE_URL";
  if (!url_option.empty()) return database_address{std::string(url_option), "--url", false};
  if (const auto value = around.environment(variable); value && !value->empty()) {
    return database_address{*value, variable, false};
  }
  if (in.url) return database_address{*in.url, std::string(project_file), true};
  const fs::path file = in.root / ".env";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  std::optional<database_address> found;
  for (const env_variable& line : parse_env(read_text(file), ".env")) {
    if (line.name == variable && !line.value.empty()) found = database_address{line.value, ".env", true};
  }
  return found;
}

database_address require_address(std::string_view url_option, const project& in, const surroundings& around) {
  if (auto found = find_address(url_option, in, around)) return *std::move(found);
  throw configuration_error(errc::invalid_configuration,
                            "nothing says where the database is; give --url sqlite:///app.db or --url "
                            "postgresql://user@host/name, set DATABASE_URL, write url "
                            "under [database] in tupelo.toml (`db init` makes one), or DATABASE_URL= in .env");
}

}  // namespace tupelo::cli
