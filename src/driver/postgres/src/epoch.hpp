// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tupelo::driver::postgres {

// The server counts from 2000-01-01, Tupelo from 1970-01-01.
inline constexpr std::int32_t epoch_days = 10'957;
inline constexpr std::int64_t micros_per_day = 86'400'000'000;
inline constexpr std::int64_t epoch_us = epoch_days * micros_per_day;

}  // namespace tupelo::driver::postgres
