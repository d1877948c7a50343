// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace tupelo {

// Why not std::stop_token: <stop_token> costs every file that includes a task about 0.2 s of compile time (libstdc++ 12
// pulls in threads and semaphores). These types need no header; stop_token.hpp connects the two worlds.

class cancel_registration;

namespace detail {
struct cancel_state;
void retain(cancel_state& state) noexcept;
void release(cancel_state& state) noexcept;
}  // namespace detail

/// A view of whether somebody has asked for the work to stop; copies are cheap and share the same request.
///
/// Cancellation asks, completion answers: an operation that was asked still completes, as a rule with `cancelled`, and
/// must be awaited until it does.
///
/// Threads: every function may be called from any thread; one object is not to be assigned and used at the same time.
class cancel_token {
public:
  /// A token that nobody can ever cancel.
  cancel_token() noexcept = default;
  cancel_token(const cancel_token& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) detail::retain(*state_);
  }
  cancel_token(cancel_token&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  cancel_token& operator=(cancel_token other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~cancel_token() {
    if (state_ != nullptr) detail::release(*state_);
  }

  [[nodiscard]] bool cancel_requested() const noexcept;

  /// False: `cancel_requested` will never become true, so nothing needs to watch this token.
  [[nodiscard]] bool cancel_possible() const noexcept { return state_ != nullptr; }

  /// Errors: `cancelled` where cancellation was requested.
  void throw_if_cancelled() const;

private:
  friend class cancel_source;
  friend class cancel_registration;
  explicit cancel_token(detail::cancel_state& state) noexcept : state_(&state) { detail::retain(state); }

  detail::cancel_state* state_ = nullptr;
};

/// The side that asks: hands out tokens and requests cancellation once for all of them.
///
/// Threads: every function may be called from any thread; one object is not to be assigned and used at the same time.
class cancel_source {
public:
  cancel_source();
  cancel_source(const cancel_source& other) noexcept : state_(other.state_) { detail::retain(*state_); }
  cancel_source& operator=(const cancel_source& other) noexcept {
    detail::cancel_state* const old = std::exchange(state_, other.state_);
    detail::retain(*state_);
    detail::release(*old);
    return *this;
  }
  ~cancel_source() { detail::release(*state_); }

  /// Asks; the callbacks run before this returns, on this thread. False where it had been asked before.
  bool request_cancel() const noexcept;

  [[nodiscard]] bool cancel_requested() const noexcept;
  [[nodiscard]] cancel_token token() const noexcept { return cancel_token(*state_); }

private:
  detail::cancel_state* state_;
};

/// A callback that a token calls when cancellation is requested; intrusive, for those who write operations.
///
/// The request calls `function` on its own thread, while other callbacks wait their turn: it must be quick, and neither
/// block nor throw. It may detach itself.
///
/// Owns: a share of the token's state while attached. Threads: `attach` and `detach` by one thread at a time.
class cancel_registration {
public:
  using function_type = void (*)(cancel_registration&) noexcept;

  explicit cancel_registration(function_type function) noexcept : function_(function) {}
  cancel_registration(const cancel_registration&) = delete;
  cancel_registration& operator=(const cancel_registration&) = delete;
  ~cancel_registration() { detach(); }

  /// Watches `token`. False: cancellation has been requested already; the function is not called for it.
  [[nodiscard]] bool attach(const cancel_token& token) noexcept;

  /// Stops watching. If the function runs on another thread just now, waits until it has returned; so do not hold a
  /// lock that the function takes.
  void detach() noexcept {
    if (state_ != nullptr) detach_slow();
  }

private:
  friend struct detail::cancel_state;
  void detach_slow() noexcept;

  function_type function_;
  detail::cancel_state* state_ = nullptr;
  cancel_registration* next_ = nullptr;
  cancel_registration** link_ = nullptr;  // what points to this while it waits to be called, else null
};

/// Calls `Function` when cancellation is requested, at once if it has been; until it is destroyed.
///
/// Threads: the function runs on the requesting thread; see `cancel_registration` for what it may do.
template <class Function>
class [[nodiscard]] cancel_callback : private cancel_registration {
public:
  cancel_callback(const cancel_token& token, Function function)
      : cancel_registration(&call), function_(std::move(function)) {
    if (!attach(token)) function_();
  }
  // Detaches before the function's captures are destroyed.
  ~cancel_callback() { detach(); }

private:
  static void call(cancel_registration& self) noexcept { static_cast<cancel_callback&>(self).function_(); }

  Function function_;
};

}  // namespace tupelo
