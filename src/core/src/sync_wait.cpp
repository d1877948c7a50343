// SPDX-License-Identifier: Apache-2.0
#include "run_loop.hpp"

#include <tupelo/core/sync_wait.hpp>

namespace tupelo::detail {
namespace {

struct stop_loop final : task_completion {
  explicit stop_loop(run_loop& stopped) noexcept : task_completion{&task_done}, loop(stopped) {}

  static std::coroutine_handle<> task_done(task_completion& self, task_promise_base&) noexcept {
    static_cast<stop_loop&>(self).loop.stop();
    return std::noop_coroutine();
  }

  run_loop& loop;
};

}  // namespace

void run_to_end(std::coroutine_handle<> handle, task_promise_base& promise, const wait_options& options) {
  run_loop loop(this_thread_reactor());
  const task_context context{loop, options.cancellation, options.deadline};
  stop_loop completion(loop);
  promise.start_under(context, completion);
  handle.resume();
  loop.run();
}

}  // namespace tupelo::detail
