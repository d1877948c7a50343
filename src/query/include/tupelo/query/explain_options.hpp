// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tupelo {

/// What a plan tells beside its steps: `query.explain({.analyze = true})`.
struct explain_options {
  bool analyze =
      false;  ///< it is run, in a transaction or savepoint that is rolled back, and the plan says what it took
  bool buffers = false;  ///< which pages were read; with `analyze`
  bool verbose = false;  ///< columns and expressions of each step

  constexpr bool any() const noexcept { return analyze || buffers || verbose; }
};

namespace detail {

constexpr std::uint8_t bits_of(explain_options how) noexcept {
  return static_cast<std::uint8_t>((how.analyze ? 1U : 0U) | (how.buffers ? 2U : 0U) | (how.verbose ? 4U : 0U));
}
constexpr explain_options explain_of(std::uint8_t bits) noexcept {
  return {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0};
}

}  // namespace detail

}  // namespace tupelo
