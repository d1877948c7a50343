// SPDX-License-Identifier: Apache-2.0
// expect: a frame that reaches so far by value needs an order of exactly one term
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
  const auto by_views = tp::order_by(tp::col<&Post::views>);
#ifdef GOOD
  auto e = tp::count().over(by_views.range_between(tp::current_row, tp::following(5)));
#else
  auto e = tp::count().over(by_views.order_by(tp::col<&Post::id>).range_between(tp::current_row, tp::following(5)));
#endif
}
