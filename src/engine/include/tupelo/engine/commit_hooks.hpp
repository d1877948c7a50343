// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/owned.hpp"
#include "tupelo/core/task.hpp"

#include <type_traits>
#include <vector>

namespace tupelo::detail {

class commit_hook {
public:
  virtual ~commit_hook() = default;
  virtual task<void> run() = 0;
};

template <class Hook>
class commit_hook_of final : public commit_hook {
public:
  explicit commit_hook_of(Hook&& hook) : hook_(static_cast<Hook&&>(hook)) {}
  task<void> run() override {
    if constexpr (std::is_void_v<decltype(hook_())>) {
      hook_();
      co_return;
    } else {
      co_await hook_();
    }
  }

private:
  Hook hook_;
};

/// What is to be done when a transaction has been committed. A depth is 1 in a transaction, more in savepoints.
class commit_hooks {
public:
  template <class Hook>
  void add(Hook hook, int depth) {
    add(owned<commit_hook>(new commit_hook_of<Hook>(static_cast<Hook&&>(hook))), depth);
  }
  /// A savepoint of this depth was released: what was added in it belongs to what surrounds it.
  void release(int depth) noexcept;
  /// A transaction or savepoint of this depth was rolled back.
  void roll_back(int depth) noexcept;
  /// Runs all in their order. Errors: the first one's that fails, when all have been run.
  task<void> run();
  bool empty() const noexcept { return entries_.empty(); }
  /// Those of the other come behind these.
  void append(commit_hooks&& other);

private:
  void add(owned<commit_hook> hook, int depth);
  struct entry {
    owned<commit_hook> hook;
    int depth;
  };
  std::vector<entry> entries_;
};

}  // namespace tupelo::detail
