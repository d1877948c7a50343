// SPDX-License-Identifier: Apache-2.0
// expect: say correlate<That>()
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().where(
      tp::exists(tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> == tp::col<&User::id>)));
#else
  auto q =
      tp::query<User>().where(tp::exists(tp::query<Post>().where(tp::col<&Post::author_id> == tp::col<&User::id>)));
#endif
}
