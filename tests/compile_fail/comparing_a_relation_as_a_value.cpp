// SPDX-License-Identifier: Apache-2.0
// expect: &User::posts
// expect: a relation is no column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&User::id> == 1;
#else
  auto c = tp::col<&User::posts> == 1;
#endif
}
