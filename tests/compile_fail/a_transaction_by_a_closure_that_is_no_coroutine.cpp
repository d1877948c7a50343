// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: transaction() takes a coroutine
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

tp::task<void> pay(tp::database& db) {
#ifdef GOOD
  co_await db.transaction([](tp::session& s) -> tp::task<void> { co_await s.flush(); });
#else
  co_await db.transaction([](tp::session& s) { s.add(User{}); });
#endif
}
