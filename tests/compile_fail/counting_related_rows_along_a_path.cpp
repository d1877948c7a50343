// SPDX-License-Identifier: Apache-2.0
// expect: count_of\(\) counts one relation
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().order_by(tp::count_of(&User::posts));
#else
  auto q = tp::query<User>().order_by(tp::count_of(&User::posts, &Post::comments));
#endif
}
