// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

/// A project as it was made.
struct scaffold {
  std::vector<std::string> files;        ///< relative to its root
  std::vector<std::string> first_steps;  ///< the commands of its README up to a database with rows
};

/// Makes a project in a folder that is empty or not there; the folder's name is the project's. `url` is where its
/// database will be, a SQLite file beside tupelo.toml where it is empty; a password in it goes to .env only, which the
/// project does not commit.
///
/// Errors: usage_error for a name that is no name of a CMake target and a C++ program; configuration_error for a folder
/// that is not empty or cannot be written, and for a URL of no database that this program knows.
scaffold make_project(const std::filesystem::path& root, const std::string& url = {});

/// Why it cannot be a project's name; empty when it can.
std::string name_problem(std::string_view name);

/// A file of a new project: its path in the project and its text, where @name@ stands for the project's name, @url@ for
/// its database, @component@ for that database's component, @compiler@ for the compiler that built Tupelo and @version@
/// for Tupelo's version. What is between `@sqlite{` and `}@` is there for SQLite only, and so for `@postgres{`.
struct project_template {
  const char* path;
  const char* text;
};

const std::vector<project_template>&
build_templates();  ///< CMakeLists.txt, CMakePresets.json, tupelo.toml, .gitignore, README.md
const std::vector<project_template>& code_templates();  ///< what is compiled

}  // namespace tupelo::cli
