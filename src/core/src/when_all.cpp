// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/when_all.hpp>

#include <atomic>

namespace tupelo {
namespace detail {

when_all_scope::when_all_scope(const task_context& parent)
    : task_completion{&task_done}, context_{parent.scheduler, siblings_.token(), parent.deadline} {
  if (parent.cancellation.cancel_possible()) from_parent_.emplace(parent.cancellation, forward_cancel{&siblings_});
}

void when_all_scope::start(std::coroutine_handle<> handle, task_promise_base& promise) noexcept {
  if (std::atomic_ref(failed_).load(std::memory_order_acquire) != 0) return;
  std::atomic_ref(unfinished_).fetch_add(1, std::memory_order_relaxed);
  promise.start_under(context_, *this);
  handle.resume();
}

std::coroutine_handle<> when_all_scope::task_done(task_completion& self, task_promise_base& ended) noexcept {
  auto& scope = static_cast<when_all_scope&>(self);
  if (ended.failed() && std::atomic_ref(scope.failed_).exchange(1, std::memory_order_acq_rel) == 0) {
    scope.error_ = ended.take_error();
    scope.siblings_.request_cancel();
  }
  if (std::atomic_ref(scope.unfinished_).fetch_sub(1, std::memory_order_acq_rel) != 1) return std::noop_coroutine();
  return scope.awaiting_;
}

bool when_all_scope::finished_awaiter::await_suspend(std::coroutine_handle<> awaiting) noexcept {
  scope_.awaiting_ = awaiting;
  return std::atomic_ref(scope_.unfinished_).fetch_sub(1, std::memory_order_acq_rel) != 1;
}

void when_all_scope::finished_awaiter::await_resume() const {
  if (scope_.error_) std::rethrow_exception(scope_.error_);
}

}  // namespace detail

task<void> when_all(std::vector<task<void>> tasks) {
  detail::when_all_scope scope(co_await current_context());
  for (auto& each : tasks) static_cast<void>(detail::task_access::handle(each));
  for (auto& each : tasks) scope.start(detail::task_access::handle(each), detail::task_access::promise(each));
  co_await scope.finished();
}

}  // namespace tupelo
