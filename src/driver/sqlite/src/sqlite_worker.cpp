// SPDX-License-Identifier: Apache-2.0
#include "sqlite_worker.hpp"

#include "interruption.hpp"

#include <tupelo/core/error.hpp>

#include <cassert>
#include <new>
#include <system_error>
#include <utility>

namespace tupelo::driver {

sqlite_worker::~sqlite_worker() {
  request* waiting = nullptr;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting = std::exchange(first_, nullptr);
    last_ = nullptr;
  }
  arrived_.notify_one();
  if (thread_.joinable()) {
    if (thread_.get_id() == std::this_thread::get_id()) {
      *gone_ = true;
      thread_.detach();
    } else {
      thread_.join();
    }
  }
  while (waiting != nullptr) {
    // `done` may free the request.
    request& next = *std::exchange(waiting, waiting->next);
    complete_cancelled(next);
  }
}

void sqlite_worker::complete_cancelled(request& r) noexcept {
  r.row_count = 0;
  r.affected = 0;
  r.more = false;
  r.failure = std::make_exception_ptr(cancelled());
  r.done(r);
}

void sqlite_worker::start(request& r) noexcept {
  assert(r.done != nullptr);
  r.next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (has_thread()) {
      (last_ != nullptr ? last_->next : first_) = &r;
      last_ = &r;
      // Still under the lock: behind it the request, and by its `done` this object, may be gone.
      arrived_.notify_one();
      return;
    }
  }
  r.failure = std::make_exception_ptr(connection_error(
      errc::connection_failed, "the system has no thread left for a SQLite connection; open fewer of them"));
  r.done(r);
}

bool sqlite_worker::has_thread() noexcept {
  if (thread_.joinable()) return true;
  try {
    thread_ = std::thread([this] { work(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void sqlite_worker::interrupt() noexcept {
  const std::lock_guard lock(mutex_);
  if (running_) {
    interrupts_.trigger();
  } else if (first_ != nullptr && first_->cancellable) {
    interrupt_first_ = true;
  }
}

request* sqlite_worker::take(std::unique_lock<std::mutex>& lock) {
  arrived_.wait(lock, [this] { return first_ != nullptr || stopping_; });
  if (stopping_) return nullptr;
  request* r = first_;
  first_ = r->next;
  if (first_ == nullptr) last_ = nullptr;
  return r;
}

void sqlite_worker::work() noexcept {
  bool gone = false;
  std::unique_lock lock(mutex_);
  gone_ = &gone;
  while (request* r = take(lock)) {
    const bool interrupted = std::exchange(interrupt_first_, false);
    if (interrupted) {
      lock.unlock();
      complete_cancelled(*r);
    } else {
      // Under the same lock as `running_`, so that an interrupt finds the request either waiting or running.
      running_ = true;
      if (r->cancellable) interrupts_.begin();
      lock.unlock();
      run_(connection_, *r);
      lock.lock();
      running_ = false;
      lock.unlock();
      r->done(*r);
    }
    if (gone) {
      // The mutex is gone too.
      lock.release();
      return;
    }
    lock.lock();
  }
}

}  // namespace tupelo::driver
