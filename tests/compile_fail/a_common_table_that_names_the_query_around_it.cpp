// SPDX-License-Identifier: Apache-2.0
// expect: cte(): the query names columns of a query around it
// errors: 1
#include "blog.hpp"

#include <tupelo/query/derived_table.hpp>

int main() {
  const auto posts = tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> == tp::col<&User::id>);
#ifdef GOOD
  auto t = tp::derived("posts", posts);
#else
  auto t = tp::cte("posts", posts);
#endif
}
