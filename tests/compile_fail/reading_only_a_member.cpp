// SPDX-License-Identifier: Apache-2.0
// expect: only() and omit() take columns: tp::col<&User::email>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().only(tp::col<&User::email>);
#else
  auto q = tp::query<User>().only(&User::email);
#endif
}
