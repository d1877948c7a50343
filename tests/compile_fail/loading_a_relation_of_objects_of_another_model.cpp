// SPDX-License-Identifier: Apache-2.0
// expect: of the model whose relation is named
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

tp::task<void> load(tp::database& db, std::vector<User>& users, std::vector<Post>& posts) {
#ifdef GOOD
  static_cast<void>(posts);
  return db.load(users, &User::posts);
#else
  static_cast<void>(users);
  return db.load(posts, &User::posts);
#endif
}
