// SPDX-License-Identifier: Apache-2.0
// expect: is the last argument
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts, &Post::comments, [](auto& comments) { comments.limit(3); });
#else
  auto q = tp::query<User>().with(&User::posts, [](auto& posts) { posts.limit(3); }, &Post::comments);
#endif
}
