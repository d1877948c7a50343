// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/driver/connection.hpp"
#include "tupelo/core/cancellation.hpp"
#include "tupelo/core/resumption.hpp"
#include "tupelo/core/task_context.hpp"

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>

namespace tupelo::detail {

/// Waits for a request on a connection that others have requests on, too. At the awaiting task's deadline or
/// cancellation the request is abandoned, which ends the waiting and leaves the others alone.
///
/// Errors: the request's failure is left in the request.
class shared_request {
public:
  /// `answered` counts what the database answers.
  shared_request(driver::connection& connection, driver::request& request,
                 std::atomic<std::uint64_t>& answered) noexcept
      : connection_(connection), request_(request), answered_(answered) {}
  shared_request(const shared_request&) = delete;
  shared_request& operator=(const shared_request&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(awaiting, context_of(awaiting.promise()));
  }
  void await_resume() noexcept;

private:
  struct watch final : cancel_registration {
    explicit watch(shared_request& of) noexcept : cancel_registration(&requested), whole(of) {}
    static void requested(cancel_registration& self) noexcept;
    shared_request& whole;
  };
  struct alarm;

  bool suspend(std::coroutine_handle<> awaiting, const task_context& context);

  driver::connection& connection_;
  driver::request& request_;
  std::atomic<std::uint64_t>& answered_;
  resumption resumption_;
  watch watch_{*this};
  scheduler* scheduler_ = nullptr;
  alarm* alarm_ = nullptr;
};

}  // namespace tupelo::detail
