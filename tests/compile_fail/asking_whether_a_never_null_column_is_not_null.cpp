// SPDX-License-Identifier: Apache-2.0
// expect: &User::email
// expect: is_not_null() on a column that is never NULL
// expect: where_doesnt_have(
// expect: std::optional<
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&User::age>.is_not_null();
#else
  auto c = tp::col<&User::email>.is_not_null();
#endif
}
