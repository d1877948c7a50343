// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: concat() takes texts
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::concat(tp::col<&Post::title>, tp::cast<std::string>(tp::col<&Post::views>));
#else
  auto e = tp::concat(tp::col<&Post::title>, tp::col<&Post::views>);
#endif
}
