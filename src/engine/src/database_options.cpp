// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/database_options.hpp"

namespace tupelo {

namespace {

/// Without what would end the text; no host has such a name.
std::string json_text(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ' ? '?' : c;
  return out;
}

}  // namespace

std::string database_health::to_json() const {
  std::string thousandths = std::to_string(latency_us % 1000);
  thousandths.insert(0, 3 - thousandths.size(), '0');
  std::string text = std::string("{\"status\":\"") + (up ? "up" : "down") +
                     "\",\"connections\":" + std::to_string(connections) + ",\"in_use\":" + std::to_string(in_use) +
                     ",\"idle\":" + std::to_string(idle) + ",\"waiting\":" + std::to_string(waiting) +
                     ",\"latency_ms\":" + std::to_string(latency_us / 1000) + "." + thousandths;
  if (!up) text += ",\"failure\":\"" + failure + "\"";
  std::string hosts_left;
  for (const driver::host_statistics& host : hosts) {
    if (host.state == driver::circuit::closed) continue;
    hosts_left += (hosts_left.empty() ? "\"" : ",\"") + json_text(host.host) + "\":\"";
    hosts_left.append(driver::name_of(host.state)) += '"';
  }
  if (!hosts_left.empty()) text += ",\"hosts\":{" + hosts_left + "}";
  return text + "}";
}

}  // namespace tupelo
