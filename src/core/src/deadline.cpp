// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/deadline.hpp>

#include <chrono>

namespace tupelo {

std::int64_t steady_now_us() noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace tupelo
