// SPDX-License-Identifier: Apache-2.0
// expect: this value cannot be compared with this expression
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::count() > 3;
#else
  auto c = tp::count() > "three";
#endif
}
