// SPDX-License-Identifier: Apache-2.0
// expect: group_by() takes columns and expressions
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().group_by(tp::col<&User::email>);
#else
  auto q = tp::query<User>().group_by(&User::email);
#endif
}
