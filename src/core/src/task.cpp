// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/task.hpp>

#include <memory>
#include <optional>

namespace tupelo::detail {
namespace {

struct forward_cancel {
  const cancel_source* to;
  void operator()() const noexcept { to->request_cancel(); }
};

}  // namespace

/// What `with_deadline` and `with_cancellation` put between a task and the context it inherits; most tasks have none.
struct narrowing {
  explicit narrowing(deadline limit) noexcept : until(limit) {}
  // The linked source is made here, because applying it when the task starts must not fail.
  explicit narrowing(cancel_token asked_by) : token(std::move(asked_by)) {
    if (token.cancel_possible()) linked.emplace();
  }

  const task_context& apply(const task_context& inherited) noexcept {
    const task_context& parent = inner != nullptr ? inner->apply(inherited) : inherited;
    context.emplace(task_context{parent.scheduler, parent.cancellation, earlier(parent.deadline, until)});
    if (linked) {
      if (parent.cancellation.cancel_possible()) {
        context->cancellation = linked->token();
        from_parent.emplace(parent.cancellation, forward_cancel{&*linked});
        from_token.emplace(token, forward_cancel{&*linked});
      } else {
        context->cancellation = token;
      }
    }
    return *context;
  }

  std::unique_ptr<narrowing> inner;  // the one asked for before this
  deadline until = deadline::never();
  cancel_token token;
  std::optional<cancel_source> linked;
  std::optional<task_context> context;
  // Last, so that they are detached before `linked` goes.
  std::optional<cancel_callback<forward_cancel>> from_parent;
  std::optional<cancel_callback<forward_cancel>> from_token;
};

void task_promise_base::narrow_deadline(deadline until) {
  auto added = std::make_unique<narrowing>(until);
  added->inner.reset(narrowing_);
  narrowing_ = added.release();
}

void task_promise_base::narrow_cancellation(cancel_token token) {
  auto added = std::make_unique<narrowing>(std::move(token));
  added->inner.reset(narrowing_);
  narrowing_ = added.release();
}

void task_promise_base::apply_narrowing(const task_context& parent) noexcept { context_ = &narrowing_->apply(parent); }

void task_promise_base::drop_narrowing() noexcept { delete narrowing_; }

void throw_empty_task() {
  throw error(errc::concurrent_use,
              "this task is empty: it was awaited before, or moved from; call the function that made it again");
}

}  // namespace tupelo::detail
