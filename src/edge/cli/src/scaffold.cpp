// SPDX-License-Identifier: Apache-2.0
#include "scaffold.hpp"

#include "error_report.hpp"
#include "plain_url.hpp"
#include "text_file.hpp"
#include "version.hpp"

#include <tupelo/engine/backend.hpp>
#include <tupelo/engine/url_options.hpp>
#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

/// Targets that CMake makes itself, the scaffold's own, and what a linker would confuse with Tupelo's libraries.
constexpr std::string_view taken_names[] = {"all",    "clean",      "depend",        "edit_cache", "help",  "install",
                                            "manage", "package",    "rebuild_cache", "test",       "tests", "tupelo",
                                            "build",  "migrations", "seeds",         "new",        "db"};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

struct chosen_database {
  std::string component;  ///< "sqlite"
  std::string url;        ///< may be read by everybody
  std::string secret;     ///< the whole URL where it holds a password, fit for single quotes
};

constexpr std::string_view components[] = {"sqlite", "postgres"};

chosen_database choose_database(const std::string& url, const std::string& name) {
  if (url.empty()) return {"sqlite", "sqlite:///" + name + ".db", {}};
  const driver::url parsed = driver::url::parse(url);
  driver::url without_pool = parsed;
  database_options of_the_pool;
  take_url_options(without_pool, of_the_pool);
  (void)find_backend(parsed).make_connector(without_pool);  // refuses what could never be opened
  const bool secret = parsed.redacted().find("***") != std::string::npos;
  // Written as a URL whatever it was given as, and without what would end the quotes it is put between.
  const std::string whole = secret ? whole_url(parsed) : std::string();
  const std::string shown = plain_url(parsed);
  return {parsed.scheme() == "postgres" || parsed.scheme() == "postgresql" ? "postgres" : parsed.scheme(), shown,
          whole};
}

/// Leaves out the lines that are another database's.
void keep_parts_of(std::string& text, std::string_view component) {
  for (const std::string_view candidate : components) {
    const std::string open = "@" + std::string(candidate) + "{";
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
      const std::size_t end = text.find("}@", at);
      if (candidate == component) {
        text.erase(end, 2);
        text.erase(at, open.size());
      } else {
        text.erase(at, end + 2 - at);
      }
    }
  }
}

std::string filled_in(std::string_view text, std::string_view name, const chosen_database& database) {
  std::string out(text.starts_with('\n') ? text.substr(1) : text);
  keep_parts_of(out, database.component);
  replace_all(out, "@url_line@",
              database.secret.empty() ? "url = \"@url@\""
                                      : "# The URL holds a password: DATABASE_URL in .env says it.");
  replace_all(out, "@url@", database.url);
  replace_all(out, "@component@", database.component);
  replace_all(out, "@name@", name);
  replace_all(out, "@compiler@", compiler_text);
  replace_all(out, "@version@", version_text);
  return out;
}

}  // namespace

std::string name_problem(std::string_view name) {
  constexpr std::size_t longest = 64;
  if (name.empty()) return "it is empty";
  if (name.size() > longest) return "it is longer than 64 characters";
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!letter(name[0])) return "it does not begin with a letter";
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
  if (!plain) return "only letters, digits, `_` and `-` can be in it";
  if (std::find(std::begin(taken_names), std::end(taken_names), name) != std::end(taken_names)) {
    return "that name is taken by the build";
  }
  return {};
}

scaffold make_project(const fs::path& root, const std::string& url) {
  const fs::path folder = root.filename().empty() ? root.parent_path() : root;
  const std::string name = folder.filename().string();
  if (const std::string problem = name_problem(name); !problem.empty()) {
    throw usage_error("a project cannot be called `" + name + "`: " + problem + "; for example: tupelo new myapp");
  }
  const chosen_database database = choose_database(url, name);
  std::error_code failure;
  if (fs::exists(folder, failure)) {
    const bool empty = fs::is_directory(folder, failure) && fs::is_empty(folder, failure);
    if (!empty) {
      throw configuration_error(errc::invalid_configuration,
                                folder.string() + " exists already and is not empty; choose another name, or empty it");
    }
  }
  scaffold made;
  for (const auto* templates : {&build_templates(), &code_templates()}) {
    for (const project_template& file : *templates) {
      write_new_text(folder / file.path, filled_in(file.text, name, database));
      made.files.emplace_back(file.path);
    }
  }
  write_new_text(folder / "migrations" / ".gitkeep", "");
  made.files.emplace_back("migrations/");
  if (!database.secret.empty()) {
    write_new_text(folder / ".env",
                   "# Not for everybody's eyes: .gitignore keeps it out of the repository.\nDATABASE_URL='" +
                       database.secret + "'\n");
    made.files.emplace_back(".env");
  }
  made.first_steps = {"cd " + name,        "cmake --preset dev", "tupelo db migrate \"Initial\"",
                      "tupelo db upgrade", "tupelo db seed",     "cmake --build build",
                      "./build/" + name};
  return made;
}

}  // namespace tupelo::cli
