// SPDX-License-Identifier: Apache-2.0
// expect: &Post::title
// expect: set() to NULL of a column whose field is not std::optional
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<Post>().set(tp::col<&Post::subtitle>, std::nullopt);
#else
  auto q = update<Post>().set(tp::col<&Post::title>, std::nullopt);
#endif
}
