// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

struct env_variable {
  std::string name;
  std::string value;
};

/// The variables of a `.env` file: `NAME=value` lines, `export` before them, comments, single and double quotes. A
/// plain value ends at ` #`; in double quotes \n \t \" \\ \$ are escapes. Nothing is expanded. Of one name the last
/// line counts.
///
/// Errors: configuration_error (invalid_configuration) naming `file` and line, never a value.
std::vector<env_variable> parse_env(std::string_view text, std::string_view file);

}  // namespace tupelo::cli
