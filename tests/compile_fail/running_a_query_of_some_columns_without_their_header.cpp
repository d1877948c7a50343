// SPDX-License-Identifier: Apache-2.0
// expect: #include <tupelo/engine/partial.hpp> where it is run
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>
#ifdef GOOD
#include <tupelo/engine/partial.hpp>
#endif

tp::task<int> emails(tp::database& db) {
  auto users = co_await db.query<User>().only(tp::col<&User::email>).all();
  co_return static_cast<int>(users.size());
}
