// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: erase() writes marks and versions into the objects
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

#include <vector>

tp::task<void> write(tp::database& db) {
#ifdef GOOD
  std::vector<User> users = {User{}};
  co_await db.erase(users, tp::permanently);
#else
  co_await db.erase(std::vector<User>{User{}}, tp::permanently);
#endif
}
