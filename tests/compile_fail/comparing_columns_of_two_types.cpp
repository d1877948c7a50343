// SPDX-License-Identifier: Apache-2.0
// expect: &Post::author_id
// expect: &User::email
// expect: these two columns cannot be compared
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::author_id> == tp::col<&User::id>;
#else
  auto c = tp::col<&Post::author_id> == tp::col<&User::email>;
#endif
}
