// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: on_conflict() takes columns and expressions: tp::col<&User::email>
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto clause = tp::on_conflict(tp::col<&User::email>).update_all();
#else
  auto clause = tp::on_conflict(&User::email).update_all();
#endif
}
