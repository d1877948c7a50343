// SPDX-License-Identifier: Apache-2.0
#include "scaffold.hpp"

#include "error_report.hpp"
#include "text_file.hpp"
#include "version.hpp"

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

std::string filled_in(std::string_view text, std::string_view name) {
  std::string out(text.starts_with('\n') ? text.substr(1) : text);
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

scaffold make_project(const fs::path& root) {
  const fs::path folder = root.filename().empty() ? root.parent_path() : root;
  const std::string name = folder.filename().string();
  if (const std::string problem = name_problem(name); !problem.empty()) {
    throw usage_error("a project cannot be called `" + name + "`: " + problem + "; for example: tupelo new myapp");
  }
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
      write_new_text(folder / file.path, filled_in(file.text, name));
      made.files.emplace_back(file.path);
    }
  }
  write_new_text(folder / "migrations" / ".gitkeep", "");
  made.files.emplace_back("migrations/");
  made.first_steps = {"cd " + name,        "cmake --preset dev", "tupelo db migrate \"Initial\"",
                      "tupelo db upgrade", "tupelo db seed",     "cmake --build build",
                      "./build/" + name};
  return made;
}

}  // namespace tupelo::cli
