// SPDX-License-Identifier: Apache-2.0
// expect: a value is written tp::value(1)
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().select(tp::col<&User::email>, tp::value(1));
#else
  auto q = tp::query<User>().select(tp::col<&User::email>, 1);
#endif
}
