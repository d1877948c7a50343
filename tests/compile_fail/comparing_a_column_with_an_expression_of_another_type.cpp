// SPDX-License-Identifier: Apache-2.0
// expect: &User::email
// expect: this expression cannot be compared with this column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::title> == tp::lower(tp::col<&User::email>);
#else
  auto c = tp::col<&User::email> == tp::sum(tp::col<&Post::views>);
#endif
}
