// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "transport.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <sys/socket.h>

namespace tupelo::driver::postgres {

/// Where a server listens, as the socket functions take it.
struct endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
};

/// How long a server may take to stop a statement unless something else is said: opening the connection took about as
/// many of its answers. The caller's deadline has passed meanwhile, so it is never long.
constexpr std::int64_t usual_cancel_timeout_us(std::int64_t opening_us) noexcept {
  constexpr std::int64_t least_us = 200'000;
  constexpr std::int64_t most_us = 2'000'000;
  return std::clamp<std::int64_t>(opening_us, least_us / 4, most_us / 4) * 4;
}

/// Who hears that a cancel request is dealt with: the server has acted on it, could not be reached, or takes too long:
/// then it may still act on it, whatever the connection runs by then (`in_time` is false).
class cancel_listener {
public:
  virtual void cancel_ended(bool in_time) noexcept = 0;

protected:
  ~cancel_listener() = default;
};

/// Asks a server to stop what one of its connections runs, over a connection of its own and without blocking; works on
/// the background scheduler. It is encrypted where that connection is: its key is a secret, and there may be a proxy
/// that takes nothing else.
///
/// It ends when the server closes that connection, which is after it has passed the request on; and after
/// `patience_us` at the latest.
///
/// Threads: `listener` is called once, on the background thread, unless it was dropped before.
class cancel_request {
public:
  static std::shared_ptr<cancel_request> start(const endpoint& server, const tls_terms& tls, std::uint32_t process,
                                               const std::string& key, cancel_listener& listener,
                                               std::int64_t patience_us) noexcept;
  virtual ~cancel_request() = default;
  /// The listener is not called after this has returned.
  virtual void drop_listener() noexcept = 0;
};

}  // namespace tupelo::driver::postgres
