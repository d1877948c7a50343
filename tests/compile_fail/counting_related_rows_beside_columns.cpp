// SPDX-License-Identifier: Apache-2.0
// expect: with_count() and the like are for queries of whole objects
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with_count(&User::posts);
#else
  auto q = tp::query<User>().select(tp::col<&User::email>).with_count(&User::posts);
#endif
}
