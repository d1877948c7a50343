// SPDX-License-Identifier: Apache-2.0
// expect: models_in_query<User>, Post
// expect: a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().order_by(tp::col<&User::email>);
#else
  auto q = tp::query<User>().order_by(tp::col<&Post::title>);
#endif
}
