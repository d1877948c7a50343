// SPDX-License-Identifier: Apache-2.0
// expect: with() begins with a relation
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts);
#else
  auto q = tp::query<User>().with("posts");
#endif
}
