// SPDX-License-Identifier: Apache-2.0
// expect: select() takes columns, expressions and conditions: tp::col<&User::email>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().select(tp::col<&User::email>);
#else
  auto q = tp::query<User>().select(&User::email);
#endif
}
