// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command.hpp"

namespace tupelo::cli {

/// `current`, `history` and `status` without the project's program: what the database has recorded beside the names of
/// the migration files. What those files do is not known, so neither are their order and what was edited.
/// Errors: usage_error for options that need the program; as the verbs.
int run_recorded(command& c);

}  // namespace tupelo::cli
