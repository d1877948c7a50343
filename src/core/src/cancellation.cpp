// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/cancellation.hpp>
#include <tupelo/core/error.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace tupelo {
namespace detail {

struct cancel_state {
  std::atomic<unsigned> references{1};
  std::atomic<bool> requested{false};
  std::mutex mutex;
  std::condition_variable returned;  // a callback has returned
  std::thread::id requester;         // set before the first callback runs
  cancel_registration* waiting = nullptr;
  cancel_registration* running = nullptr;  // may be gone already: only ever compared

  bool request() noexcept {
    std::unique_lock lock(mutex);
    if (requested.load(std::memory_order_relaxed)) return false;
    requested.store(true, std::memory_order_release);
    requester = std::this_thread::get_id();
    while (cancel_registration* const next = waiting) {
      unlink(*next);
      running = next;
      lock.unlock();
      next->function_(*next);  // may end the life of *next, and of every source and token but the caller's
      lock.lock();
      running = nullptr;
      returned.notify_all();
    }
    return true;
  }

  bool attach(cancel_registration& added) noexcept {
    const std::lock_guard lock(mutex);
    if (requested.load(std::memory_order_relaxed)) return false;
    added.next_ = waiting;
    added.link_ = &waiting;
    if (waiting != nullptr) waiting->link_ = &added.next_;
    waiting = &added;
    return true;
  }

  void detach(cancel_registration& gone) noexcept {
    std::unique_lock lock(mutex);
    if (gone.link_ != nullptr) {
      unlink(gone);
    } else if (requester != std::this_thread::get_id()) {
      returned.wait(lock, [&] { return running != &gone; });
    }
  }

  static void unlink(cancel_registration& gone) noexcept {
    *gone.link_ = gone.next_;
    if (gone.next_ != nullptr) gone.next_->link_ = gone.link_;
    gone.link_ = nullptr;
  }
};

void retain(cancel_state& state) noexcept { state.references.fetch_add(1, std::memory_order_relaxed); }

void release(cancel_state& state) noexcept {
  if (state.references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete &state;
}

}  // namespace detail

bool cancel_token::cancel_requested() const noexcept {
  return state_ != nullptr && state_->requested.load(std::memory_order_acquire);
}

void cancel_token::throw_if_cancelled() const {
  if (cancel_requested()) throw cancelled();
}

cancel_source::cancel_source() : state_(new detail::cancel_state) {}

bool cancel_source::request_cancel() const noexcept {
  const cancel_token alive = token();  // a callback may destroy this source
  return alive.state_->request();
}

bool cancel_source::cancel_requested() const noexcept { return state_->requested.load(std::memory_order_acquire); }

bool cancel_registration::attach(const cancel_token& token) noexcept {
  detach();
  if (token.state_ == nullptr) return true;
  // Before attaching: from then on the callback may run, and detach, on another thread.
  detail::retain(*token.state_);
  state_ = token.state_;
  if (state_->attach(*this)) return true;
  detail::release(*std::exchange(state_, nullptr));
  return false;
}

void cancel_registration::detach_slow() noexcept {
  detail::cancel_state* const state = std::exchange(state_, nullptr);
  state->detach(*this);
  detail::release(*state);
}

}  // namespace tupelo
