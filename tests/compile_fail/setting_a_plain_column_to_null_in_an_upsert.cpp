// SPDX-License-Identifier: Apache-2.0
// expect: &Post::title
// expect: set() to NULL of a column whose field is not std::optional
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto clause = tp::on_conflict(tp::col<&Post::id>).set(tp::col<&Post::subtitle>, std::nullopt);
#else
  auto clause = tp::on_conflict(tp::col<&Post::id>).set(tp::col<&Post::title>, std::nullopt);
#endif
}
