// SPDX-License-Identifier: Apache-2.0
// expect: no viable conversion from 'frame_distance<double>' to 'frame_bound'
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
  const auto by_views = tp::order_by(tp::col<&Post::views>);
#ifdef GOOD
  auto e = tp::count().over(by_views.rows_between(tp::preceding(1), tp::current_row));
#else
  auto e = tp::count().over(by_views.rows_between(tp::preceding(0.5), tp::current_row));
#endif
}
