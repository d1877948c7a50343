// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <utility>

namespace tupelo {
namespace detail {

template <class Awaitable>
concept member_awaitable = requires(Awaitable&& a) { std::forward<Awaitable>(a).operator co_await(); };
template <class Awaitable>
concept free_awaitable = requires(Awaitable&& a) { operator co_await(std::forward<Awaitable>(a)); };

/// The awaiter that `co_await` would use.
template <class Awaitable>
constexpr decltype(auto) awaiter_of(Awaitable&& awaitable) {
  if constexpr (member_awaitable<Awaitable>) {
    return std::forward<Awaitable>(awaitable).operator co_await();
  } else if constexpr (free_awaitable<Awaitable>) {
    return operator co_await(std::forward<Awaitable>(awaitable));
  } else {
    return std::forward<Awaitable>(awaitable);
  }
}

}  // namespace detail

/// Anything `co_await` takes that does not depend on the promise's `await_transform`.
template <class Awaitable>
concept awaitable = requires(Awaitable&& a) {
  detail::awaiter_of(std::forward<Awaitable>(a)).await_ready() ? 1 : 0;
  detail::awaiter_of(std::forward<Awaitable>(a)).await_resume();
};

/// The type of `co_await` on an `Awaitable`.
template <class Awaitable>
using await_result_t = decltype(detail::awaiter_of(std::declval<Awaitable>()).await_resume());

}  // namespace tupelo
