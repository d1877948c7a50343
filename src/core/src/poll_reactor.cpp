// SPDX-License-Identifier: Apache-2.0
#include "poll_reactor.hpp"

#include <cerrno>
#include <climits>
#include <utility>
#include <sys/eventfd.h>
#include <unistd.h>

namespace tupelo::detail {

class poll_watch final : public descriptor_watch {
public:
  poll_watch(std::shared_ptr<poll_reactor> owner, int descriptor) noexcept
      : owner_(std::move(owner)), descriptor_(descriptor) {
    owner_->watches_.fetch_add(1, std::memory_order_acq_rel);
  }
  ~poll_watch() override { owner_->watches_.fetch_sub(1, std::memory_order_acq_rel); }

  void start_wait(io_wait& wait, io_readiness wanted) noexcept override {
    owner_->start_wait(wait, wanted, descriptor_);
  }
  bool cancel_wait(io_wait& wait) noexcept override { return owner_->cancel_wait(wait); }

private:
  std::shared_ptr<poll_reactor> owner_;
  int descriptor_;
};

namespace {

short events_of(const io_wait& wait) noexcept { return wait.wanted == io_readiness::readable ? POLLIN : POLLOUT; }

int whole_milliseconds(std::int64_t us) noexcept {
  if (us < 0) return -1;
  const std::int64_t ms = us / 1000 + (us % 1000 != 0 ? 1 : 0);  // never before the time
  return ms > INT_MAX ? INT_MAX : static_cast<int>(ms);
}

}  // namespace

const std::shared_ptr<poll_reactor>& this_thread_reactor() {
  thread_local const auto instance = std::make_shared<poll_reactor>();
  return instance;
}

poll_reactor::~poll_reactor() {
  if (wake_ >= 0) ::close(wake_);
}

std::unique_ptr<descriptor_watch> poll_reactor::watch(int descriptor) {
  return std::make_unique<poll_watch>(shared_from_this(), descriptor);
}

void poll_reactor::start_wait(io_wait& wait, io_readiness wanted, int descriptor) noexcept {
  const std::lock_guard lock(mutex_);
  wait.wanted = wanted;
  wait.descriptor = descriptor;
  wait.next = first_;
  wait.link = &first_;
  if (first_ != nullptr) first_->link = &wait.next;
  first_ = &wait;
  if (polling_ != 0) eventfd_write(wake_, 1);
}

void poll_reactor::remove(io_wait& wait) noexcept {
  *wait.link = wait.next;
  if (wait.next != nullptr) wait.next->link = wait.link;
  wait.link = nullptr;
}

bool poll_reactor::cancel_wait(io_wait& wait) noexcept {
  const std::lock_guard lock(mutex_);
  if (wait.link == nullptr) return false;
  remove(wait);
  return true;
}

int poll_reactor::wake_descriptor() noexcept {
  // Where the process has no descriptor left, the clock alone wakes a loop.
  if (wake_ < 0) wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return wake_;
}

void poll_reactor::wake() noexcept {
  const std::lock_guard lock(mutex_);
  if (wake_descriptor() >= 0) eventfd_write(wake_, 1);
}

/// What waits for it still: what was polled for may have been taken back meanwhile. Null: nothing.
io_wait* poll_reactor::wait_for(const pollfd& polled) const noexcept {
  io_wait* wait = first_;
  while (wait != nullptr && (wait->descriptor != polled.fd || events_of(*wait) != polled.events)) wait = wait->next;
  return wait;
}

void poll_reactor::poll(std::int64_t timeout_us) noexcept {
  constexpr int no_wake_timeout_ms = 10;
  std::unique_lock lock(mutex_);
  std::vector<pollfd> polled = std::exchange(polled_, {});  // the buffer of the outer poll where this one is nested
  polled.clear();
  int timeout_ms = whole_milliseconds(timeout_us);
  if (const int wake = wake_descriptor(); wake >= 0) {
    polled.push_back({wake, POLLIN, 0});
  } else if (timeout_ms < 0 || timeout_ms > no_wake_timeout_ms) {
    timeout_ms = no_wake_timeout_ms;
  }
  const std::size_t wakes = polled.size();
  for (const io_wait* wait = first_; wait != nullptr; wait = wait->next)
    polled.push_back({wait->descriptor, events_of(*wait), 0});
  ++polling_;
  lock.unlock();
  int ready = ::poll(polled.data(), polled.size(), timeout_ms);
  lock.lock();
  --polling_;
  if (ready > 0 && wakes != 0 && polled.front().revents != 0) {
    eventfd_t ignored = 0;
    eventfd_read(wake_, &ignored);
    --ready;
  }
  for (std::size_t i = wakes; ready > 0 && i < polled.size(); ++i) {
    if (polled[i].revents == 0) continue;
    --ready;
    io_wait* const wait = wait_for(polled[i]);
    if (wait == nullptr) continue;
    remove(*wait);
    lock.unlock();
    wait->ready(*wait);
    if (ready > 0) lock.lock();
  }
  polled_ = std::move(polled);
}

}  // namespace tupelo::detail
