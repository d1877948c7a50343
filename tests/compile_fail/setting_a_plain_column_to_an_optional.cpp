// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: an optional value for a column whose field is not std::optional
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<User>().set(tp::col<&User::age>, std::optional<int>());
#else
  auto q = update<Post>().set(tp::col<&Post::views>, std::optional<int>());
#endif
}
