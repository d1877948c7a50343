// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a relation is no column to select
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().select(tp::col<&User::email>);
#else
  auto q = tp::query<User>().select(tp::col<&User::posts>);
#endif
}
