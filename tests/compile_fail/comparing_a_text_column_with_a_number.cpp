// SPDX-License-Identifier: Apache-2.0
// expect: &User::email
// expect: this value cannot be compared with this column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&User::email> == "ada@example.com";
#else
  auto c = tp::col<&User::email> == 42;
#endif
}
