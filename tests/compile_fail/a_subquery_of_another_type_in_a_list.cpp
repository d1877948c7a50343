// SPDX-License-Identifier: Apache-2.0
// expect: &Post::author_id
// expect: the subquery's column and this column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Post::author_id>.in(tp::query<User>().select<std::int64_t>(tp::col<&User::id>));
#else
  auto c = tp::col<&Post::author_id>.in(tp::query<User>().select<std::string>(tp::col<&User::email>));
#endif
}
