// SPDX-License-Identifier: Apache-2.0
// expect: &User::id
// expect: hour() needs a timestamp
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::hour(tp::col<&User::created_at>);
#else
  auto e = tp::hour(tp::col<&User::id>);
#endif
}
