// SPDX-License-Identifier: Apache-2.0
// expect: models_in_query<Post>, User
// expect: a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().group_by(tp::col<&Post::author_id>);
#else
  auto q = tp::query<Post>().group_by(tp::col<&User::id>);
#endif
}
