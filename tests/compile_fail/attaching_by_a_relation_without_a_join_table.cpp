// SPDX-License-Identifier: Apache-2.0
// expect: are for tp::many_to_many fields
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

struct Shelf {
  std::int64_t id{};
  tp::many_to_many<Post> posts;
};

tp::task<std::int64_t> attach(tp::database& db, const Shelf& shelf, const User& user) {
#ifdef GOOD
  static_cast<void>(user);
  return db.attach(shelf, &Shelf::posts, 1);
#else
  static_cast<void>(shelf);
  return db.attach(user, &User::posts, 1);
#endif
}
