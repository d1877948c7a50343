// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "project.hpp"
#include "surroundings.hpp"

#include <string>
#include <vector>

namespace tupelo::cli {

/// The program `tupelo`: `tupelo new NAME`, and `tupelo db …`, which builds the project's manage program where it is
/// out of date and becomes it. What needs neither models nor migrations it does itself: init, introspect, backup,
/// restore, shell, `diagram --live`, `lint --rules` and every --help; of a project that is not configured also current,
/// history and status, as the database has recorded them. Everything that goes wrong is printed; nothing is thrown.
int run_tool(int argc, char** argv);
int run_tool(const std::vector<std::string>& words, surroundings& around);

}  // namespace tupelo::cli
