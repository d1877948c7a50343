// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: length() needs a text column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::length(tp::col<&Post::title>);
#else
  auto e = tp::length(tp::col<&Post::views>);
#endif
}
