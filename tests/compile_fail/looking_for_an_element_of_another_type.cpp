// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: cannot be elements of this array
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Thing::tags>.contains("a");
#else
  auto c = tp::col<&Thing::tags>.contains(1);
#endif
}
