// SPDX-License-Identifier: Apache-2.0
// expect: where() takes a condition
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().where(tp::col<&User::age> > 3);
#else
  auto q = tp::query<User>().where([](const User& user) { return user.age > 3; });
#endif
}
