// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/engine/lease.hpp>
#include <tupelo/core/task.hpp>

#include <cstdint>

namespace tupelo::detail {

/// What becomes of the work when it is done. Of a failure nothing stays.
enum class afterwards : std::uint8_t { kept, undone };

/// Runs the work in a transaction of its own, or in a savepoint where one is open. What goes wrong is undone and thrown
/// again, though meanwhile somebody has asked the task to stop.
task<void> in_savepoint(lease& connection, task<void> work, afterwards then);

}  // namespace tupelo::detail
