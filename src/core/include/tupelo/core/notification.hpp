// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tupelo {

enum class notification_kind : std::uint8_t {
  message,
  /// The connection had been lost: what was sent until it was there again is gone. Look at the tables for what the
  /// notifications would have told.
  gap,
};

/// What `listener::next` gives.
struct notification {
  notification_kind kind = notification_kind::message;
  std::string channel;  ///< as the rest, empty where it is a gap
  std::string payload;
  std::int32_t server_process = 0;  ///< of the connection that sent it

  bool is_gap() const noexcept { return kind == notification_kind::gap; }
};

}  // namespace tupelo
