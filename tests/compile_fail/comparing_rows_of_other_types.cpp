// SPDX-License-Identifier: Apache-2.0
// expect: these two rows cannot be compared
// errors: 1
#include "blog.hpp"

#include <tupelo/query/row_value.hpp>

int main() {
#ifdef GOOD
  auto c = tp::row(tp::col<&Post::views>, tp::col<&Post::title>) < tp::row(1, "a");
#else
  auto c = tp::row(tp::col<&Post::views>, tp::col<&Post::title>) < tp::row(1, 2);
#endif
}
