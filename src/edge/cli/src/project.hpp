// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "surroundings.hpp"

#include <tupelo/schema/lint.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo::cli {

inline constexpr std::string_view project_file = "tupelo.toml";

/// A project as its tupelo.toml describes it; without that file, the current directory and what is usual.
struct project {
  std::filesystem::path root;          ///< absolute
  bool configured = false;             ///< there is a tupelo.toml
  std::filesystem::path migrations;    ///< absolute
  std::optional<std::string> url;      ///< as tupelo.toml says
  std::filesystem::path build_folder;  ///< absolute
  std::string manage_target = "manage";
  std::filesystem::path manage_program;  ///< absolute
  naming_policy names{};                 ///< of [lint.names]

  /// `path` as it is shown: relative to the project's root where it lies in it.
  std::string shown(const std::filesystem::path& path) const;
};

/// Looks for tupelo.toml in `from` and upward.
/// Errors: configuration_error (invalid_configuration) naming file, line and key.
project find_project(const std::filesystem::path& from);

/// Reads a tupelo.toml. `text` is its content, `file` its path. Errors: as find_project.
project parse_project(std::string_view text, const std::filesystem::path& file);

struct database_address {
  std::string url;
  std::string source;      ///< for people: "--url", "DATABASE_URL", "tupelo.toml", ".env"
  bool from_file = false;  ///< a relative path in it is relative to the project's root

  /// Without its password.
  std::string redacted() const;
};

/// Where the database is: --url, DATABASE_URL, tupelo.toml, .env, in this order. Null where none of them says.
/// Errors: configuration_error for a .env that cannot be read.
std::optional<database_address> find_address(std::string_view url_option, const project& in,
                                             const surroundings& around);
/// Errors: as find_address; configuration_error (invalid_configuration) naming the four ways.
database_address require_address(std::string_view url_option, const project& in, const surroundings& around);

}  // namespace tupelo::cli
