// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

namespace tupelo {

enum class io_readiness : std::uint8_t { readable, writable };

/// A wait for a descriptor to become ready: intrusive, so that starting one never allocates.
///
/// Owns: nothing; the object must live until `ready` is called or `cancel_wait` returned true.
struct io_wait {
  using ready_function = void (*)(io_wait&) noexcept;

  explicit io_wait(ready_function function) noexcept : ready(function) {}
  io_wait(const io_wait&) = delete;
  io_wait& operator=(const io_wait&) = delete;

  ready_function ready;
  // The rest belongs to the watch while the wait is started.
  io_wait* next = nullptr;
  io_wait** link = nullptr;
  int descriptor = -1;
  io_readiness wanted = io_readiness::readable;

protected:
  ~io_wait() = default;
};

/// A descriptor as one event loop watches it; made by `reactor::watch`. The descriptor stays its user's: it is closed
/// after the watch is gone.
///
/// Threads: any.
class descriptor_watch {
public:
  descriptor_watch() = default;
  descriptor_watch(const descriptor_watch&) = delete;
  descriptor_watch& operator=(const descriptor_watch&) = delete;
  /// Before: no wait is started.
  virtual ~descriptor_watch() = default;

  /// Calls `wait.ready` once the descriptor is ready, or in a state in which reading or writing fails. At most one wait
  /// of each readiness is started at a time.
  virtual void start_wait(io_wait& wait, io_readiness wanted) noexcept = 0;
  /// Takes back a started wait. True: `ready` will never be called. False: it has been called, or is just about to.
  virtual bool cancel_wait(io_wait& wait) noexcept = 0;
  /// False once the event loop has gone, which takes the watch with it: then make another one elsewhere.
  [[nodiscard]] virtual bool usable() const noexcept { return true; }
};

/// The part of an event loop that watches descriptors; every scheduler has one.
///
/// Threads: any. `ready` functions are called on the loop's thread (or one of its threads), never from inside
/// `start_wait`.
class reactor {
public:
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  /// What its watches belong to: they serve every reactor of the same domain.
  [[nodiscard]] virtual const void* domain() const noexcept = 0;
  /// Errors: std::bad_alloc; std::system_error where the system cannot watch the descriptor.
  [[nodiscard]] virtual std::unique_ptr<descriptor_watch> watch(int descriptor) = 0;

protected:
  reactor() = default;
  ~reactor() = default;
};

}  // namespace tupelo
