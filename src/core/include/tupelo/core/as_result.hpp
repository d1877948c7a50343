// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/awaitable.hpp>
#include <tupelo/core/error.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

namespace tupelo {

/// Why an operation failed: the exception it ended with, not thrown but asked.
///
/// Owns: a share of the exception; what the functions return is good while any copy lives.
class failure {
public:
  /// No failure: what `result::error()` gives where there is a value.
  failure() noexcept = default;
  explicit failure(std::exception_ptr exception) noexcept;

  /// The error's code; `errc{}` where the exception is not a `tupelo::error`.
  [[nodiscard]] errc code() const noexcept { return error_ != nullptr ? error_->code() : errc{}; }
  /// `what()` of the exception; "unknown exception" where it has none.
  [[nodiscard]] const char* message() const noexcept { return message_; }
  /// As `error::retryable`; false where the exception is not a `tupelo::error`.
  [[nodiscard]] bool retryable() const noexcept { return error_ != nullptr && error_->retryable(); }
  /// As `error::connection_usable`; false where the exception is not a `tupelo::error`.
  [[nodiscard]] bool connection_usable() const noexcept { return error_ != nullptr && error_->connection_usable(); }

  /// The error, or null where the exception is not a `tupelo::error`.
  [[nodiscard]] const error* as_error() const noexcept { return error_; }
  /// The error if it is (derived from) `Error`, else null: `if (auto* e = failed.as<tp::unique_violation>())`.
  template <std::derived_from<error> Error>
  [[nodiscard]] const Error* as() const noexcept {
    return dynamic_cast<const Error*>(error_);
  }

  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }
  /// Throws the exception. Before: there is one.
  [[noreturn]] void rethrow() const;

private:
  std::exception_ptr exception_;
  const error* error_ = nullptr;  // inside *exception_
  const char* message_ = "no failure";
};

/// What `result::value()` calls: throws the original exception.
[[noreturn]] void throw_exception_from_error(const failure& failed, const boost::source_location& where);

/// The result of an operation, or why it failed.
template <class T>
using result = boost::system::result<T, failure>;

namespace detail {

template <class T>
struct result_of_await {
  static_assert(!std::is_reference_v<T>, "as_result: the awaited operation returns a reference; await it directly");
  using type = result<std::remove_cv_t<T>>;
};
template <>
struct result_of_await<void> {
  using type = result<void>;
};

template <class Awaitable>
class [[nodiscard]] result_awaiter {
  using awaiter_type = decltype(awaiter_of(std::declval<Awaitable>()));
  using value_type = decltype(std::declval<awaiter_type&>().await_resume());

public:
  using result_type = typename result_of_await<value_type>::type;

  explicit result_awaiter(Awaitable&& awaited) : awaiter_(awaiter_of(std::forward<Awaitable>(awaited))) {}
  result_awaiter(const result_awaiter&) = delete;
  result_awaiter& operator=(const result_awaiter&) = delete;

  bool await_ready() { return awaiter_.await_ready() ? true : false; }
  template <class Promise>
  auto await_suspend(std::coroutine_handle<Promise> awaiting) {
    return awaiter_.await_suspend(awaiting);
  }
  result_type await_resume() {
    // A task hands over its exception, which spares throwing and catching it.
    if constexpr (requires {
                    { awaiter_.take_error() } -> std::same_as<std::exception_ptr>;
                  }) {
      if (std::exception_ptr thrown = awaiter_.take_error()) return failure(std::move(thrown));
    }
    try {
      if constexpr (std::is_void_v<value_type>) {
        awaiter_.await_resume();
        return {};
      } else {
        return result_type(boost::system::in_place_value, awaiter_.await_resume());
      }
    } catch (...) {
      return failure(std::current_exception());
    }
  }

private:
  awaiter_type awaiter_;
};

template <class Awaitable>
struct [[nodiscard]] result_awaitable {
  Awaitable awaited;
  result_awaiter<Awaitable&&> operator co_await() {
    return result_awaiter<Awaitable&&>(std::forward<Awaitable>(awaited));
  }
};

}  // namespace detail

/// `co_await as_result(operation)`: a `result` in place of an exception; `.value()` throws the original one.
///
///     auto found = co_await tp::as_result(db.get<User>(7));
///     if (!found && found.error().code() == tp::errc::not_found) …
///
/// Errors: none of the operation's; awaiting an empty task throws.
template <class Awaitable>
[[nodiscard]] detail::result_awaitable<Awaitable> as_result(Awaitable&& awaited) {
  return {std::forward<Awaitable>(awaited)};
}

}  // namespace tupelo
