// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stage.hpp"

#include <filesystem>
#include <string_view>

namespace demo {

/// The chapters, in order. Each checks what it says.
/// Errors: broken_promise; whatever Tupelo throws.

/// From structs to tables: the first migration, generated, shown, written to `folder` and applied.
tp::task<void> found_the_database(stage& on, tp::database& db, const std::filesystem::path& folder);
tp::task<void> move_in(stage& on, tp::database& db);
tp::task<void> take_a_tour(stage& on, tp::database& db);
tp::task<void> work_in_sessions(stage& on, tp::database& db);
/// The second version of the models: its migration, up and down again, and not a row lost.
tp::task<void> change_a_model(stage& on, tp::database& db, const std::filesystem::path& folder);

}  // namespace demo
