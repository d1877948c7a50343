// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: over() takes a window: tp::partition_by(
// expect: &Post::views
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
#ifdef GOOD
  auto summed = tp::sum(tp::col<&Post::views>).over(tp::order_by(tp::col<&Post::views>));
#else
  auto summed = tp::sum(tp::col<&Post::views>).over(tp::col<&Post::views>);
#endif
}
