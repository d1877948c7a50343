// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: transaction() takes a coroutine
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

tp::task<void> pay(tp::database& db) {
#ifdef GOOD
  const int paid = co_await db.transaction([](tp::session&) -> tp::task<int> { co_return 1; });
  (void)paid;
#else
  const int paid = co_await db.transaction([](User&) -> tp::task<int> { co_return 1; });
  (void)paid;
#endif
}
