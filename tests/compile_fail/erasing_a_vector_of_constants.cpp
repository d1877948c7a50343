// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: erase() writes marks and versions into the objects
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

#include <vector>

tp::task<void> write(tp::database& db, const std::vector<User>& constant) {
#ifdef GOOD
  std::vector<User> users = constant;
  co_await db.erase(users);
#else
  co_await db.erase(constant);
#endif
}
