// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: their types do not match
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Thing::price> == Money{1};
#else
  auto c = tp::col<&Thing::price> == 1;
#endif
}
