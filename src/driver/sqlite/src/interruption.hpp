// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace tupelo::driver {

/// Stops one run of a connection from another thread, and never the next one.
///
/// sqlite3_interrupt knows no runs: it stops whatever is running when its flag is seen, and SQLite clears that flag
/// when a statement starts. Two rules follow. A run ends only after a `trigger` that met it has returned. And the flag
/// is raised again by the trace callback, which SQLite calls just behind the place where it clears it (`raise_again`).
///
/// Threads: `trigger` from any thread, everything else from the thread that runs.
class interruption {
public:
  /// Where interrupts go; null while there is no database yet.
  void watch(sqlite3* database) noexcept { database_.store(database, std::memory_order_release); }

  void begin() noexcept { state_.store(state::running, std::memory_order_relaxed); }

  /// Whether the run was triggered.
  bool end() noexcept {
    state expected = state::running;
    if (state_.compare_exchange_strong(expected, state::idle, std::memory_order_acq_rel)) return false;
    while (state_.load(std::memory_order_acquire) == state::triggering) std::this_thread::yield();
    state_.store(state::idle, std::memory_order_relaxed);
    return true;
  }

  void trigger() noexcept {
    state expected = state::running;
    if (!state_.compare_exchange_strong(expected, state::triggering, std::memory_order_seq_cst)) return;
    if (sqlite3* database = database_.load(std::memory_order_acquire)) sqlite3_interrupt(database);
    state_.store(state::triggered, std::memory_order_release);
  }

  bool triggered() const noexcept {
    const state now = state_.load(std::memory_order_acquire);
    return now == state::triggering || now == state::triggered;
  }

  void raise_again() noexcept {
    // A read-modify-write, because a plain load could overtake SQLite's clearing store and miss a trigger that it
    // undoes.
    state seen = state::running;
    if (state_.compare_exchange_strong(seen, state::running, std::memory_order_seq_cst)) return;
    if (seen != state::idle) sqlite3_interrupt(database_.load(std::memory_order_relaxed));
  }

private:
  enum class state : std::uint8_t { idle, running, triggering, triggered };

  std::atomic<state> state_{state::idle};
  std::atomic<sqlite3*> database_{nullptr};
};

}  // namespace tupelo::driver
