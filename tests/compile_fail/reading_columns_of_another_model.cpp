// SPDX-License-Identifier: Apache-2.0
// expect: only() and omit() name columns of the query's own model
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().only(tp::col<&User::email>);
#else
  auto q = tp::query<User>().only(tp::col<&Post::title>);
#endif
}
