// SPDX-License-Identifier: Apache-2.0
// expect: what may be NULL needs a std::optional field
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().select<int>(tp::coalesce(tp::col<&User::age> + 1, 0));
#else
  auto q = tp::query<User>().select<int>(tp::col<&User::age> + 1);
#endif
}
