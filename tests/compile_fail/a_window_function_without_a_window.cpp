// SPDX-License-Identifier: Apache-2.0
// expect: need a window: .over(
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().select<std::int64_t>(tp::row_number().over(tp::order_by(tp::col<&Post::views>)));
#else
  auto q = tp::query<Post>().select<std::int64_t>(tp::row_number());
#endif
}
