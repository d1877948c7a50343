// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: update() of an upsert takes columns: tp::col<&User::age>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto clause = tp::on_conflict(tp::col<&User::email>).update(tp::col<&User::age>);
#else
  auto clause = tp::on_conflict(tp::col<&User::email>).update(&User::age);
#endif
}
