// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/reactor.hpp>
#include <tupelo/core/task.hpp>

#include <cstdint>

namespace tupelo::driver::postgres {

/// Waits until the watched descriptor is ready. `watch` must outlive the task, and no other wait of the same readiness
/// be started.
/// Errors: timed_out when `due_us` or the task's deadline passes before; cancelled.
task<void> wait_for(descriptor_watch& watch, io_readiness wanted, std::int64_t due_us);

}  // namespace tupelo::driver::postgres
