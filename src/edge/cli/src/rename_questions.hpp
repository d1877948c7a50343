// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command.hpp"

namespace tupelo::cli {

/// What was renamed: what the model and `--rename` say, and of what may have been, what a person says on a terminal or
/// --rename-all says of all. Errors: usage_error naming what may have been renamed where nobody can be asked and
/// neither
/// --rename-all nor --no-rename is said.
std::vector<rename_hint> settled_renames(command& c, const schema_definition& recorded, const model_schema& wanted);

}  // namespace tupelo::cli
