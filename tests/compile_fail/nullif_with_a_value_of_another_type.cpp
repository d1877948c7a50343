// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: nullif(): the second value does not match
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::nullif(tp::col<&Post::views>, 0);
#else
  auto e = tp::nullif(tp::col<&Post::views>, "0");
#endif
}
