// SPDX-License-Identifier: Apache-2.0
// expect: models_in_query<User>, Post
// expect: a column of another model in the condition of an update or erase
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = update<User>().set(tp::col<&User::age>, 1).where(tp::col<&User::id> == 1);
#else
  auto q = update<User>().set(tp::col<&User::age>, 1).where(tp::col<&Post::views> == 1);
#endif
}
