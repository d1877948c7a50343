// SPDX-License-Identifier: Apache-2.0
// expect: &Post::title
// expect: sum() needs a numeric column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::sum(tp::col<&Post::views>);
#else
  auto e = tp::sum(tp::col<&Post::title>);
#endif
}
