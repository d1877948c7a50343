// SPDX-License-Identifier: Apache-2.0
// expect: arithmetic needs a numeric column or expression
// errors: 1
#include "blog.hpp"

#include <tupelo/query/number_functions.hpp>

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().where(-tp::col<&Post::views> < 0);
#else
  auto q = tp::query<Post>().where(-tp::col<&Post::title> < 0);
#endif
}
