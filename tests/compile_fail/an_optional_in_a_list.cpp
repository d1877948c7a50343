// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: in(): the list holds std::optional values
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::views>.in(std::vector<int>{1, 2});
#else
  auto c = tp::col<&Post::views>.in(std::vector<std::optional<int>>{1, 2});
#endif
}
