// SPDX-License-Identifier: Apache-2.0
// expect: having() takes a condition
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().group_by(tp::col<&Post::author_id>).having(tp::count() > 1);
#else
  auto q = tp::query<Post>().group_by(tp::col<&Post::author_id>).having(tp::count());
#endif
}
