// SPDX-License-Identifier: Apache-2.0
// expect: this field is no relation
// expect: User::\*>::is_relation
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().with(&User::posts);
#else
  auto q = tp::query<User>().with(&User::email);
#endif
}
