// SPDX-License-Identifier: Apache-2.0
// expect: a frame that reaches so far by value needs an order of exactly one term
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
  const auto author = tp::partition_by(tp::col<&Post::author_id>);
#ifdef GOOD
  auto e = tp::count().over(author.order_by(tp::col<&Post::views>).range_between(tp::preceding(5), tp::current_row));
#else
  auto e = tp::count().over(author.range_between(tp::preceding(5), tp::current_row));
#endif
}
