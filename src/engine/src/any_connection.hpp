// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/core/task.hpp"
#include "tupelo/core/task_context.hpp"

namespace tupelo::detail {

class connection_pool;

// Statements outside of a transaction, each on whichever connection is free. Reads whose connection fails are tried
// again as the options of the database say.

/// False: nothing happened, await run_on_any. Errors: those of the statement; as connection_pool::acquire.
bool try_run_on_any(connection_pool& pool, statement_run& run, const task_context& context);
task<void> run_on_any(connection_pool& pool, statement_run& run);
task<void> run_group_on_any(connection_pool& pool, statement_group& group);

}  // namespace tupelo::detail
