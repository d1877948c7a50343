// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: chunk() takes a function of so many rows
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

tp::task<void> read(tp::database& db) {
#ifdef GOOD
  co_await db.query<User>().chunk(100, [](std::vector<User>&) {});
#else
  co_await db.query<User>().chunk(100, [](User&) {});
#endif
}
