// SPDX-License-Identifier: Apache-2.0
// expect: distinct_on() takes columns and expressions: tp::col<&User::email>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().distinct_on(tp::col<&User::email>);
#else
  auto q = tp::query<User>().distinct_on(&User::email);
#endif
}
