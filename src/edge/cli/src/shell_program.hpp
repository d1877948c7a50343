// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/url.hpp>

#include <string>
#include <vector>

namespace tupelo::cli {

/// The database's own command line as words to execute, never through a shell.
/// Errors: configuration_error for a URL that it cannot open.
std::vector<std::string> shell_program(const driver::url& url);

}  // namespace tupelo::cli
