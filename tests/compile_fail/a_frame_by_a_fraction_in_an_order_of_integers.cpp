// SPDX-License-Identifier: Apache-2.0
// expect: a frame cannot reach this distance in what the window is ordered by
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
  const auto by_views = tp::order_by(tp::col<&Post::views>);
#ifdef GOOD
  auto e = tp::count().over(by_views.range_between(tp::preceding(1), tp::following(2)));
#else
  auto e = tp::count().over(by_views.range_between(tp::preceding(0.5), tp::following(2)));
#endif
}
