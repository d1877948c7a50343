// SPDX-License-Identifier: Apache-2.0
// expect: the list's values do not match
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = (tp::col<&Post::views> + 1).in(1, 2);
#else
  auto c = (tp::col<&Post::views> + 1).in("1", "2");
#endif
}
