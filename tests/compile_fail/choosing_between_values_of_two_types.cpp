// SPDX-License-Identifier: Apache-2.0
// expect: case_when(): this value does not match the type of the first one
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::case_when(tp::col<&User::age> < 18, "child").otherwise("grown");
#else
  auto e = tp::case_when(tp::col<&User::age> < 18, "child").otherwise(18);
#endif
}
