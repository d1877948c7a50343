// SPDX-License-Identifier: Apache-2.0
// expect: no member named 'over'
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::count(tp::col<&User::age>).over();
#else
  auto e = tp::count_distinct(tp::col<&User::age>).over();
#endif
}
