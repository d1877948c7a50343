// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/database_options.hpp"

namespace tupelo {

std::string database_health::to_json() const {
  std::string thousandths = std::to_string(latency_us % 1000);
  thousandths.insert(0, 3 - thousandths.size(), '0');
  std::string text = std::string("{\"status\":\"") + (up ? "up" : "down") +
                     "\",\"connections\":" + std::to_string(connections) + ",\"in_use\":" + std::to_string(in_use) +
                     ",\"idle\":" + std::to_string(idle) + ",\"waiting\":" + std::to_string(waiting) +
                     ",\"latency_ms\":" + std::to_string(latency_us / 1000) + "." + thousandths;
  if (!up) text += ",\"failure\":\"" + failure + "\"";
  return text + "}";
}

}  // namespace tupelo
