// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/date.hpp>
#include <tupelo/core/timestamp.hpp>

#include <cstdint>

namespace tupelo::driver::postgres {

// The server counts from 2000-01-01, Tupelo from 1970-01-01.
inline constexpr std::int32_t epoch_days = 10'957;
inline constexpr std::int64_t micros_per_day = 86'400'000'000;
inline constexpr std::int64_t epoch_us = epoch_days * micros_per_day;

/// As the server counts it. The two ends mean infinity there, as they do here. Before: valid or infinite.
constexpr std::int64_t server_micros(timestamp time) noexcept {
  return time.is_infinite() ? time.us : time.us - epoch_us;
}

}  // namespace tupelo::driver::postgres
