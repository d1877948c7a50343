// SPDX-License-Identifier: Apache-2.0
#include "run_now.hpp"

namespace tupelo::detail {

task<void> run_now(query_source& source, statement_run& run) {
  run.core.finish();
  const task_context& context = co_await current_context();
  if (!source.try_run(run, context)) co_await source.run(run);
}

task<std::int64_t> run_write(query_source& source, query_core core, const void* object) {
  statement_run run(static_cast<query_core&&>(core));
  if (object != nullptr) run.objects = &object;
  co_await run_now(source, run);
  co_return run.affected;
}

}  // namespace tupelo::detail
