// SPDX-License-Identifier: Apache-2.0
// expect: a value of the query may be NULL
// errors: 1
#include "blog.hpp"

int main() {
  const auto rows = tp::query<Post>().select(tp::col<&Post::author_id>, tp::col<&Post::subtitle>);
#ifdef GOOD
  auto q = tp::detail::insert_of<Post>(rows, tp::col<&Post::author_id>, tp::col<&Post::subtitle>);
#else
  auto q = tp::detail::insert_of<Post>(rows, tp::col<&Post::author_id>, tp::col<&Post::title>);
#endif
}
