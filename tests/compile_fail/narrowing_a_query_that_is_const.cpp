// SPDX-License-Identifier: Apache-2.0
// expect: where() changes the query, and this one is const
// errors: 1
#include "blog.hpp"

int main() {
  const auto all = tp::query<User>();
#ifdef GOOD
  auto narrowed = all;
  narrowed.where(tp::col<&User::age> >= 18);
#else
  all.where(tp::col<&User::age> >= 18);
#endif
}
