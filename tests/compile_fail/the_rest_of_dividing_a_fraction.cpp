// SPDX-License-Identifier: Apache-2.0
// expect: % needs whole numbers
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::col<&Post::views> % 2;
#else
  auto e = tp::col<&Post::views> % 2.5;
#endif
}
