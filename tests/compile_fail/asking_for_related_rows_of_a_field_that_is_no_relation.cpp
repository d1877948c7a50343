// SPDX-License-Identifier: Apache-2.0
// expect: this field is no relation
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::has(&User::posts);
#else
  auto c = tp::has(&User::email);
#endif
}
