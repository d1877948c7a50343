// SPDX-License-Identifier: Apache-2.0
// expect: what may be NULL needs a std::optional field
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().select<std::optional<int>>(tp::nullif(tp::col<&Post::views>, 0));
#else
  auto q = tp::query<Post>().select<int>(tp::nullif(tp::col<&Post::views>, 0));
#endif
}
