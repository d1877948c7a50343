// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a relation refers to objects of the model that it names; this tp::ref is to another model
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

struct Shelf {
  std::int64_t id{};
  tp::many_to_many<Post> posts;
};

void put(Shelf& shelf, const tp::ref<Post>& post, const tp::ref<User>& user) {
#ifdef GOOD
  static_cast<void>(user);
  shelf.posts.add(post);
#else
  static_cast<void>(post);
  shelf.posts.add(user);
#endif
}
