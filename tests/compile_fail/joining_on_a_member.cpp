// SPDX-License-Identifier: Apache-2.0
// expect: join() takes a condition
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().join<Post>(tp::col<&Post::author_id> == tp::col<&User::id>);
#else
  auto q = tp::query<User>().join<Post>(&Post::author_id);
#endif
}
