// SPDX-License-Identifier: Apache-2.0
// expect: AuthorStats, 0
// expect: &Post::title
// expect: does not match the type of Row's field
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().select<AuthorStats>(tp::col<&Post::author_id>, tp::col<&Post::id>, tp::col<&Post::views>);
#else
  auto q = tp::query<Post>().select<AuthorStats>(tp::col<&Post::title>, tp::col<&Post::id>, tp::col<&Post::views>);
#endif
}
