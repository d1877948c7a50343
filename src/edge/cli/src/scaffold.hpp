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

/// Makes a project in a folder that is empty or not there; the folder's name is the project's.
/// Errors: usage_error for a name that is no name of a CMake target and a C++ program; configuration_error for a folder
/// that is not empty or cannot be written.
scaffold make_project(const std::filesystem::path& root);

/// Why it cannot be a project's name; empty when it can.
std::string name_problem(std::string_view name);

/// A file of a new project: its path in the project and its text, where @name@ stands for the project's name,
/// @compiler@ for the compiler that built Tupelo and @version@ for Tupelo's version.
struct project_template {
  const char* path;
  const char* text;
};

const std::vector<project_template>&
build_templates();  ///< CMakeLists.txt, CMakePresets.json, tupelo.toml, .gitignore, README.md
const std::vector<project_template>& code_templates();  ///< what is compiled

}  // namespace tupelo::cli
