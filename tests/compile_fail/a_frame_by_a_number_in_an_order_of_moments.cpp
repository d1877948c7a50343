// SPDX-License-Identifier: Apache-2.0
// expect: a frame cannot reach this distance in what the window is ordered by
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>
#include <tupelo/core/interval.hpp>

int main() {
  const auto by_age = tp::order_by(tp::col<&User::created_at>);
#ifdef GOOD
  auto e = tp::count().over(by_age.range_between(tp::preceding(tp::interval{.days = 7}), tp::current_row));
#else
  auto e = tp::count().over(by_age.range_between(tp::preceding(7), tp::current_row));
#endif
}
