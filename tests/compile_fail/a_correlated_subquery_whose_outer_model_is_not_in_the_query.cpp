// SPDX-License-Identifier: Apache-2.0
// expect: models_in_query<Comment>, User
// expect: a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().where(
      tp::exists(tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> == tp::col<&User::id>)));
#else
  auto q = tp::query<Comment>().where(
      tp::exists(tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> == tp::col<&User::id>)));
#endif
}
