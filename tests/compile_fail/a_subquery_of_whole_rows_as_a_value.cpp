// SPDX-License-Identifier: Apache-2.0
// expect: selects_one_value<Post>
// expect: subquery(): the query must select one value
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::subquery(tp::query<Post>().select<int>(tp::max(tp::col<&Post::views>)));
#else
  auto e = tp::subquery(tp::query<Post>());
#endif
}
