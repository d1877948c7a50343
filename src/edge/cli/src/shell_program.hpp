// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/url.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tupelo::cli {

/// The database's own command line.
struct shell_program {
  std::vector<std::string> words;  ///< to execute, never through a shell
  /// For its environment: a password is nothing for a command line, which every user of the machine can read.
  std::vector<std::pair<std::string, std::string>> variables;
  std::string package;  ///< Debian's, that brings it

  /// Errors: configuration_error for a URL that it cannot open.
  static shell_program of(const driver::url& url);
};

}  // namespace tupelo::cli
