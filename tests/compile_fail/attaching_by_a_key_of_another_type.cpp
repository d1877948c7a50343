// SPDX-License-Identifier: Apache-2.0
// expect: take keys of the related model, its objects, or ranges of these
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

struct Shelf {
  std::int64_t id{};
  tp::many_to_many<Post> posts;
};

tp::task<std::int64_t> attach(tp::database& db, const Shelf& shelf) {
#ifdef GOOD
  return db.attach(shelf, &Shelf::posts, std::vector<int>{1, 2});
#else
  return db.attach(shelf, &Shelf::posts, std::vector<std::string>{"one", "two"});
#endif
}
