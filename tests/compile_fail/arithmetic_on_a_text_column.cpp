// SPDX-License-Identifier: Apache-2.0
// expect: &Post::title
// expect: arithmetic needs a numeric column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::col<&Post::views> + 1;
#else
  auto e = tp::col<&Post::title> + 1;
#endif
}
