// SPDX-License-Identifier: Apache-2.0
// expect: returning() gives what was written: it names columns of the written model alone
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/verbs.hpp>

int main() {
#ifdef GOOD
  auto q = update<Post>()
               .join<User>(tp::col<&User::id> == tp::col<&Post::author_id>)
               .set(tp::col<&Post::views>, 1)
               .returning(tp::col<&Post::title>);
#else
  auto q = update<Post>()
               .join<User>(tp::col<&User::id> == tp::col<&Post::author_id>)
               .set(tp::col<&Post::views>, 1)
               .returning(tp::col<&User::email>);
#endif
}
