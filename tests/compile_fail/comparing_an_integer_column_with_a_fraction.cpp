// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: this value cannot be compared with this column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::views> < 3;
#else
  auto c = tp::col<&Post::views> < 2.5;
#endif
}
