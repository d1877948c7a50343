// SPDX-License-Identifier: Apache-2.0
// expect: is a function of the related model
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts, [](tp::select_query<Post, Post>& posts) { posts.limit(3); });
#else
  auto q = tp::query<User>().with(&User::posts, [](tp::select_query<User, User>& posts) { posts.limit(3); });
#endif
}
