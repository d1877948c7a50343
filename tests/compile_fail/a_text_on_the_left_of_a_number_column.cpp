// SPDX-License-Identifier: Apache-2.0
// expect: column_named<&User::age>
// expect: this value cannot be compared with this column: their types do not match
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().where(18 < tp::col<&User::age>);
#else
  auto q = tp::query<User>().where("18" < tp::col<&User::age>);
#endif
}
