// SPDX-License-Identifier: Apache-2.0
// expect: need a text expression
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::lower(tp::col<&Post::title>).contains("x");
#else
  auto c = (tp::col<&Post::views> + 1).contains("x");
#endif
}
