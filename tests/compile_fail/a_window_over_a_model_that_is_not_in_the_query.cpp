// SPDX-License-Identifier: Apache-2.0
// expect: a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().select<std::int64_t>(tp::count().over(tp::partition_by(tp::col<&Post::views>)));
#else
  auto q = tp::query<Post>().select<std::int64_t>(tp::count().over(tp::partition_by(tp::col<&User::age>)));
#endif
}
