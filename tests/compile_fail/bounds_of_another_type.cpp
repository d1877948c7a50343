// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: this value cannot be compared with this column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::views>.between(1, 9);
#else
  auto c = tp::col<&Post::views>.between(1, "nine");
#endif
}
