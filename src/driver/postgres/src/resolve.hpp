// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cancel_request.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>
#include <tupelo/core/task.hpp>

#include <cstdint>
#include <vector>

namespace tupelo::driver::postgres {

/// The addresses under which a host may be reached, in the order in which to try them. Names are looked up on
/// threads (name_lookups).
///
/// Errors: connection_error (connection_failed) naming the host; timed_out; cancelled.
task<std::vector<endpoint>> resolve(const postgres_host& host, std::int64_t due_us);

}  // namespace tupelo::driver::postgres
