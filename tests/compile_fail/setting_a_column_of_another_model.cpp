// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: set() names a column of another model
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<User>().set(tp::col<&User::age>, 1);
#else
  auto q = update<User>().set(tp::col<&Post::views>, 1);
#endif
}
