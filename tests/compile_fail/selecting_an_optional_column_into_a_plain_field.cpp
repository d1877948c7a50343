// SPDX-License-Identifier: Apache-2.0
// expect: &Post::subtitle
// expect: what may be NULL needs a std::optional field
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().select<std::optional<std::string>>(tp::col<&Post::subtitle>);
#else
  auto q = tp::query<Post>().select<std::string>(tp::col<&Post::subtitle>);
#endif
}
