// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/driver/host_statistics.hpp"

#include <cstdint>
#include <mutex>
#include <utility>

namespace tupelo::driver {

/// When a host is left alone. Units: microseconds.
struct circuit_rules {
  std::uint32_t failures = 3;  ///< in a row, after which the circuit opens; 0: never
  std::int64_t first_pause_us = 1'000'000;
  std::int64_t longest_pause_us = 30'000'000;  ///< the pause doubles with every failure up to this
};

/// Keeps those who would open connections from a host that has failed several times in a row, until it has had a pause;
/// then lets one of them find out. No clock: every function is told the time.
///
/// Threads: any.
class circuit_breaker {
public:
  explicit circuit_breaker(const circuit_rules& rules, std::uint64_t seed = 1) noexcept
      : rules_(rules), random_(seed | 1) {}
  circuit_breaker(const circuit_breaker&) = delete;
  circuit_breaker& operator=(const circuit_breaker&) = delete;

  /// One try. Destroyed without a word about its outcome it was given up, which says nothing of the host.
  class attempt {
  public:
    attempt() noexcept = default;
    attempt(attempt&& other) noexcept : of_(std::exchange(other.of_, nullptr)), probes_(other.probes_) {}
    attempt& operator=(attempt&&) = delete;
    ~attempt() {
      if (of_ != nullptr) of_->given_up(probes_);
    }

    /// Whether it may begin.
    explicit operator bool() const noexcept { return of_ != nullptr; }
    /// The host answered, whatever it said. Before: it may begin.
    void succeeded() noexcept { std::exchange(of_, nullptr)->succeeded(probes_); }
    void failed(std::int64_t now_us) noexcept { std::exchange(of_, nullptr)->failed(probes_, now_us); }

  private:
    friend class circuit_breaker;
    attempt(circuit_breaker& of, bool probes) noexcept : of_(&of), probes_(probes) {}
    circuit_breaker* of_ = nullptr;
    bool probes_ = false;
  };

  /// Empty where the circuit is open, or half open and somebody else is finding out.
  [[nodiscard]] attempt begin(std::int64_t now_us) noexcept;
  /// Also then: there is no other host to try.
  [[nodiscard]] attempt begin_regardless() noexcept;
  /// When an open circuit is half open.
  std::int64_t pause_ends_us() const noexcept;
  /// All but the host's name.
  host_statistics statistics(std::int64_t now_us) const;

private:
  circuit state(std::int64_t now_us) const noexcept;
  void succeeded(bool probed) noexcept;
  void failed(bool probed, std::int64_t now_us) noexcept;
  void given_up(bool probed) noexcept;

  circuit_rules rules_;
  mutable std::mutex mutex_;
  std::uint64_t random_;
  std::uint64_t opened_ = 0;
  std::uint64_t failed_ = 0;
  std::uint32_t failures_ = 0;  ///< in a row
  std::uint32_t pauses_ = 0;    ///< since it was last reached
  std::int64_t pause_ends_us_ = INT64_MIN;
  bool probing_ = false;
};

}  // namespace tupelo::driver
