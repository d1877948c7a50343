// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: over() takes a window: tp::partition_by(
// expect: &Post::views
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
#ifdef GOOD
  auto ranked = tp::rank().over(tp::order_by(tp::col<&Post::views>));
#else
  auto ranked = tp::rank().over(tp::col<&Post::views>);
#endif
}
