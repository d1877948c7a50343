// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/commit_hooks.hpp"

#include <exception>
#include <utility>

namespace tupelo::detail {

task<void> commit_hooks::run() {
  const std::vector<entry> due = std::exchange(entries_, {});
  std::exception_ptr failure;
  for (const entry& each : due) {
    try {
      co_await each.hook->run();
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tupelo::detail
