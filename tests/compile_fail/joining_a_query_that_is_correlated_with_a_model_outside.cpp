// SPDX-License-Identifier: Apache-2.0
// expect: the joined query is correlated with a model that is not in this query
// errors: 1
#include "blog.hpp"

#include <tupelo/query/derived_table.hpp>

int main() {
  const auto posts =
      tp::derived("own", tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> == tp::col<&User::id>));
#ifdef GOOD
  auto q = tp::query<User>().cross_join(posts);
#else
  auto q = tp::query<Comment>().cross_join(posts);
#endif
}
