// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/reactor.hpp>

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace tupelo::detail {

/// Watches descriptors with poll(2). Registering costs nothing, which suits loops that live for one call and programs
/// with tens of connections; programs with thousands run on an event loop of their own.
///
/// Its watches share it, so it may go before they do: their waits are then never ready.
/// Threads: `poll` on one thread at a time, or nested on the same; everything else on any.
class poll_reactor final : public reactor, public std::enable_shared_from_this<poll_reactor> {
public:
  poll_reactor() = default;
  ~poll_reactor();

  [[nodiscard]] const void* domain() const noexcept override { return this; }
  [[nodiscard]] std::unique_ptr<descriptor_watch> watch(int descriptor) override;

  /// Whether any watch exists; then a loop must poll rather than sleep.
  [[nodiscard]] bool is_watching() const noexcept { return watches_.load(std::memory_order_acquire) != 0; }
  /// Waits until a descriptor is ready, `wake` was called or the time has passed, then calls what is ready.
  /// Units: microseconds; negative: no limit.
  void poll(std::int64_t timeout_us) noexcept;
  /// Ends the `poll` that runs, or the next one.
  void wake() noexcept;

  void start_wait(io_wait& wait, io_readiness wanted, int descriptor) noexcept;
  bool cancel_wait(io_wait& wait) noexcept;

private:
  friend class poll_watch;
  int wake_descriptor() noexcept;
  void remove(io_wait& wait) noexcept;
  io_wait* wait_for(const pollfd& polled) const noexcept;

  std::atomic<std::uint32_t> watches_{0};
  std::mutex mutex_;
  io_wait* first_ = nullptr;
  int wake_ = -1;  ///< an eventfd, made when first needed
  std::uint32_t polling_ = 0;
  std::vector<pollfd> polled_;
};

/// That of the calling thread, which lives as long as the thread or its last watch.
const std::shared_ptr<poll_reactor>& this_thread_reactor();

}  // namespace tupelo::detail
