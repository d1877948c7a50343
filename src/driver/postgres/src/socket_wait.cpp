// SPDX-License-Identifier: Apache-2.0
#include "socket_wait.hpp"

#include <tupelo/core/cancellation.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/resumption.hpp>
#include <tupelo/core/scheduler.hpp>

#include <algorithm>
#include <atomic>
#include <memory>

namespace tupelo::driver::postgres {

namespace {

/// What the socket, the clock and the canceller share with the waiting coroutine: the first of them settles it. Each
/// that was started holds a share.
struct shared_wait {
  enum outcome : int { waiting, socket_ready, clock_rang, cancel_requested };

  struct socket_part final : io_wait {
    explicit socket_part(shared_wait& whole) noexcept
        : io_wait([](io_wait& self) noexcept {
            shared_wait& wait = static_cast<socket_part&>(self).of;
            wait.settle(socket_ready);
            wait.drop();
          }),
          of(whole) {}
    shared_wait& of;
  };
  struct clock_part final : timer_node {
    explicit clock_part(shared_wait& whole) noexcept
        : timer_node([](timer_node& self) noexcept {
            shared_wait& wait = static_cast<clock_part&>(self).of;
            wait.settle(clock_rang);
            wait.drop();
          }),
          of(whole) {}
    shared_wait& of;
  };

  bool settle(outcome how) noexcept {
    int from = waiting;
    if (!state.compare_exchange_strong(from, how, std::memory_order_acq_rel)) return false;
    resumed.post();
    return true;
  }
  void hold() noexcept { owners.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::atomic<int> state{waiting};
  std::atomic<int> owners{1};
  resumption resumed;
  socket_part socket{*this};
  clock_part clock{*this};
};

class wait_awaiter final : cancel_registration {
public:
  wait_awaiter(descriptor_watch& watch, io_readiness wanted, std::int64_t due_us)
      : cancel_registration([](cancel_registration& self) noexcept {
          static_cast<wait_awaiter&>(self).shared_->settle(shared_wait::cancel_requested);
        }),
        watch_(watch),
        wanted_(wanted),
        due_us_(due_us),
        shared_(new shared_wait) {}
  wait_awaiter(const wait_awaiter&) = delete;
  wait_awaiter& operator=(const wait_awaiter&) = delete;
  ~wait_awaiter() {
    detach();
    shared_->drop();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const task_context& context = context_of(awaiting.promise());
    shared_->resumed.prepare(awaiting, context);
    scheduler_ = &context.scheduler;
    shared_->clock.due_us = std::min(due_us_, context.deadline.at_us);
    if (shared_->clock.due_us != INT64_MAX) {
      shared_->hold();
      timed_ = true;
      scheduler_->start_timer(shared_->clock);
    }
    shared_->hold();
    watch_.start_wait(shared_->socket, wanted_);
    if (context.cancellation.cancel_possible() && !attach(context.cancellation))
      shared_->settle(shared_wait::cancel_requested);
    return shared_->resumed.arm();
  }
  void await_resume() {
    detach();
    // NOLINTBEGIN(clang-analyzer-cplusplus.NewDelete): what starts a wait holds the state, and this object does
    if (timed_ && scheduler_->cancel_timer(shared_->clock)) shared_->drop();
    const int outcome = shared_->state.load(std::memory_order_acquire);
    if (outcome != shared_wait::socket_ready && watch_.cancel_wait(shared_->socket)) shared_->drop();
    // NOLINTEND(clang-analyzer-cplusplus.NewDelete)
    if (outcome == shared_wait::clock_rang) throw timed_out("the server did not answer in time");
    if (outcome == shared_wait::cancel_requested) throw cancelled();
  }

private:
  descriptor_watch& watch_;
  io_readiness wanted_;
  std::int64_t due_us_;
  shared_wait* shared_;
  scheduler* scheduler_ = nullptr;
  bool timed_ = false;
};

}  // namespace

task<void> wait_for(descriptor_watch& watch, io_readiness wanted, std::int64_t due_us) {
  co_await wait_awaiter(watch, wanted, due_us);
}

}  // namespace tupelo::driver::postgres
