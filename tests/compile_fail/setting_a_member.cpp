// SPDX-License-Identifier: Apache-2.0
// expect: set() names a column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<User>().set(tp::col<&User::age>, 3);
#else
  auto q = update<User>().set(&User::age, 3);
#endif
}
