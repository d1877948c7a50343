// SPDX-License-Identifier: Apache-2.0
// expect: ask .is_null() or .is_not_null()
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().where(tp::col<&User::age>.is_null());
#else
  auto q = tp::query<User>().where(tp::col<&User::age> == std::nullopt);
#endif
}
