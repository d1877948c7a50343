// SPDX-License-Identifier: Apache-2.0
// expect: AuthorStats
// expect: needs one term for each field of Row
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>()
               .group_by(tp::col<&Post::author_id>)
               .select<AuthorStats>(tp::col<&Post::author_id>, tp::count(), tp::avg(tp::col<&Post::views>));
#else
  auto q =
      tp::query<Post>().group_by(tp::col<&Post::author_id>).select<AuthorStats>(tp::col<&Post::author_id>, tp::count());
#endif
}
