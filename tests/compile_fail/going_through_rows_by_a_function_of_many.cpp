// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: for_each() takes a function of one row
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

tp::task<void> read(tp::database& db) {
#ifdef GOOD
  co_await db.query<User>().for_each([](User&) {});
#else
  co_await db.query<User>().for_each([](std::vector<User>&) {});
#endif
}
