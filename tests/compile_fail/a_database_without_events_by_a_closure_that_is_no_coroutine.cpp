// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: without_events() takes a coroutine
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

tp::task<void> pay(tp::database& db) {
#ifdef GOOD
  co_await db.without_events([](tp::lease& held) -> tp::task<void> { co_await held.execute("VACUUM"); });
#else
  co_await db.without_events([](tp::lease&) {});
#endif
}
