// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: in(): the list's values do not match
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  const std::vector<int> list{1, 2};
  auto c = tp::col<&Post::views>.in(list);
#else
  const std::vector<std::string> list{"1", "2"};
  auto c = tp::col<&Post::views>.in(list);
#endif
}
