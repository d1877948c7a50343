// SPDX-License-Identifier: Apache-2.0
#include "tupelo/core/observer.hpp"

namespace tupelo {

std::string_view name_of(pool_change change) noexcept {
  switch (change) {
    case pool_change::server_down: return "server_down";
    case pool_change::server_back: return "server_back";
    case pool_change::circuit_opened: return "circuit_opened";
    case pool_change::circuit_closed: return "circuit_closed";
    case pool_change::shedding_began: return "shedding_began";
    case pool_change::shedding_ended: return "shedding_ended";
  }
  return "server_back";
}

}  // namespace tupelo
