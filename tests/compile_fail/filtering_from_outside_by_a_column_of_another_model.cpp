// SPDX-License-Identifier: Apache-2.0
// expect: a column of a model that is not among these
// errors: 1
#include "blog.hpp"

#include <tupelo/query/filters.hpp>

int main() {
#ifdef GOOD
  auto f = tp::filters<User>().allow("email", tp::col<&User::email>);
#else
  auto f = tp::filters<User>().allow("title", tp::col<&Post::title>);
#endif
}
