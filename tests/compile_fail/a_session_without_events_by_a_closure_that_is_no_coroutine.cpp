// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: without_events() takes a coroutine
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

tp::task<void> pay(tp::session& s) {
#ifdef GOOD
  co_await s.without_events([&]() -> tp::task<void> { co_await s.flush(); });
#else
  co_await s.without_events([&] { s.add(User{}); });
#endif
}
