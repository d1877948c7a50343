// SPDX-License-Identifier: Apache-2.0
// expect: is a whole number
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::add_days(tp::col<&User::created_at>, 1);
#else
  auto e = tp::add_days(tp::col<&User::created_at>, 1.5);
#endif
}
