// SPDX-License-Identifier: Apache-2.0
// expect: &User::created_at
// expect: cast(): databases do not agree
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::cast<std::string>(tp::col<&User::age>);
#else
  auto e = tp::cast<std::string>(tp::col<&User::created_at>);
#endif
}
