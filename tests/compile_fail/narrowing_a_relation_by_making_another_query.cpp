// SPDX-License-Identifier: Apache-2.0
// expect: changes the query that it is given
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts, [](auto& posts) { posts.limit(3); });
#else
  auto q = tp::query<User>().with(&User::posts, [](auto& p) { return p.template select<int>(tp::col<&Post::views>); });
#endif
}
