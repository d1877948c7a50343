// SPDX-License-Identifier: Apache-2.0
// expect: a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().where(tp::has(&Post::comments));
#else
  auto q = tp::query<Post>().where(tp::has(&User::posts));
#endif
}
