// SPDX-License-Identifier: Apache-2.0
// expect: this relation is not one of the model it is asked of
// expect: belongs_to<Post>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts, &Post::comments);
#else
  auto q = tp::query<User>().with(&User::posts, &User::posts);
#endif
}
