// SPDX-License-Identifier: Apache-2.0
// expect: this relation is not one of the model it is asked of
// expect: tupelo::has_many<Post> User::*>::belongs_to<Post>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts);
#else
  auto q = tp::query<Post>().with(&User::posts);
#endif
}
