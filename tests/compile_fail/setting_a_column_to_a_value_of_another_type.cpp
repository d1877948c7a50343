// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: set(): the value does not match the column's type
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<Post>().set(tp::col<&Post::views>, 1);
#else
  auto q = update<Post>().set(tp::col<&Post::views>, "one");
#endif
}
