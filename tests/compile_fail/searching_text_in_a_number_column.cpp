// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: need a text column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::title>.contains("1");
#else
  auto c = tp::col<&Post::views>.contains("1");
#endif
}
