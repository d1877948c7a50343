// SPDX-License-Identifier: Apache-2.0
// expect: tp::joined\(\) is for tp::belongs_to and has_one fields
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts);
#else
  auto q = tp::query<User>().with(tp::joined(&User::posts));
#endif
}
