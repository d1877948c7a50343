// SPDX-License-Identifier: Apache-2.0
// expect: in() takes its values without braces
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().where(tp::col<&User::age>.in(1, 2));
#else
  auto q = tp::query<User>().where(tp::col<&User::age>.in({1, 2}));
#endif
}
