// SPDX-License-Identifier: Apache-2.0
// expect: the ON condition uses a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<Post>().join<User>(tp::col<&Post::author_id> == tp::col<&User::id>);
#else
  auto q = update<Post>().join<User>(tp::col<&Comment::id> == tp::col<&User::id>);
#endif
}
