// SPDX-License-Identifier: Apache-2.0
// expect: order_by() takes columns and expressions: tp::col<&User::email>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().order_by(tp::col<&User::email>);
#else
  auto q = tp::query<User>().order_by(&User::email);
#endif
}
