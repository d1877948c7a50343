// SPDX-License-Identifier: Apache-2.0
// expect: these two rows have different numbers of values
// errors: 1
#include "blog.hpp"

#include <tupelo/query/row_value.hpp>

int main() {
#ifdef GOOD
  auto c = tp::row(tp::col<&Post::views>, tp::col<&Post::id>) < tp::row(1, 2);
#else
  auto c = tp::row(tp::col<&Post::views>, tp::col<&Post::id>) < tp::row(1, 2, 3);
#endif
}
