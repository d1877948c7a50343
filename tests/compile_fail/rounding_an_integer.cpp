// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: round() needs a column or expression of type double
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::round(tp::col<&Post::views> * 0.5);
#else
  auto e = tp::round(tp::col<&Post::views>);
#endif
}
