// SPDX-License-Identifier: Apache-2.0
// expect: sum_of\(\) and the like take a column, or an expression over columns, of the related model
// expect: related_term<Post,
// errors: 1
#include "blog.hpp"

#include <tupelo/query/related_aggregates.hpp>

int main() {
#ifdef GOOD
  auto sum = tp::sum_of(&User::posts, tp::col<&Post::views>);
#else
  auto sum = tp::sum_of(&User::posts, tp::col<&User::id>);
#endif
}
