// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>

namespace tupelo::detail {

/// Runs the statement, which is finished here, there.
task<void> run_now(query_source& source, statement_run& run);
/// The same of one that writes; how many rows. `object`: whose fields it names.
task<std::int64_t> run_write(query_source& source, query_core core, const void* object = nullptr);

}  // namespace tupelo::detail
