// SPDX-License-Identifier: Apache-2.0
// expect: a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts, [](auto& posts) { posts.where(tp::col<&Post::views> > 3); });
#else
  auto q = tp::query<User>().with(&User::posts, [](auto& posts) { posts.where(tp::col<&User::age> > 3); });
#endif
}
