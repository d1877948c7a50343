// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: lower() needs a text column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::lower(tp::col<&Post::title>);
#else
  auto e = tp::lower(tp::col<&Post::views>);
#endif
}
