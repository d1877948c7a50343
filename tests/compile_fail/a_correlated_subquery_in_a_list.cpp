// SPDX-License-Identifier: Apache-2.0
// expect: is_uncorrelated
// expect: in(): the subquery names columns of the outer query: use tp::exists()
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&User::id>.in(tp::query<Post>().select<std::int64_t>(tp::col<&Post::author_id>));
#else
  auto c = tp::col<&User::id>.in(tp::query<Post>().correlate<User>().select<std::int64_t>(tp::col<&Post::author_id>));
#endif
}
