// SPDX-License-Identifier: Apache-2.0
// expect: models_in_query<User, Post>
// expect: Comment
// expect: the ON condition uses a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().join<Post>(tp::col<&Post::author_id> == tp::col<&User::id>);
#else
  auto q = tp::query<User>().join<Post>(tp::col<&Post::id> == tp::col<&Comment::post_id>);
#endif
}
