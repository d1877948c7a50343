// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/commit_hooks.hpp"

#include <exception>
#include <utility>

namespace tupelo::detail {

void commit_hooks::add(owned<commit_hook> hook, int depth) {
  entries_.push_back({static_cast<owned<commit_hook>&&>(hook), depth});
}
void commit_hooks::release(int depth) noexcept {
  for (entry& each : entries_) each.depth = each.depth >= depth ? depth - 1 : each.depth;
}
void commit_hooks::roll_back(int depth) noexcept {
  std::erase_if(entries_, [depth](const entry& each) { return each.depth >= depth; });
}
void commit_hooks::append(commit_hooks&& other) {
  for (entry& each : other.entries_) entries_.push_back(static_cast<entry&&>(each));
  other.entries_.clear();
}

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
