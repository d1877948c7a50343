// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/cancellation.hpp>

#include <stop_token>
#include <utility>

namespace tupelo {

/// A cancel token that follows a `std::stop_token`, for as long as this object lives.
///
/// Threads: as `cancel_source`.
class stop_token_link {
public:
  explicit stop_token_link(std::stop_token token) : callback_(std::move(token), request{source_}) {}

  [[nodiscard]] cancel_token token() const noexcept { return source_.token(); }

private:
  struct request {
    cancel_source source;
    void operator()() const noexcept { source.request_cancel(); }
  };

  cancel_source source_;
  std::stop_callback<request> callback_;
};

}  // namespace tupelo
