// SPDX-License-Identifier: Apache-2.0
// expect: &Post::title
// expect: month() needs a date or timestamp column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::month(tp::col<&User::created_at>);
#else
  auto e = tp::month(tp::col<&Post::title>);
#endif
}
