// SPDX-License-Identifier: Apache-2.0
// expect: &User::age
// expect: coalesce(): a value does not match the type of the first one
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::coalesce(tp::col<&User::age>, 0);
#else
  auto e = tp::coalesce(tp::col<&User::age>, "none");
#endif
}
