// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "transport.hpp"

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
