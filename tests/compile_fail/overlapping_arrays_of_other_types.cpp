// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: elements of different types
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::overlap(tp::col<&Thing::tags>, tp::col<&Thing::tags>);
#else
  auto c = tp::overlap(tp::col<&Thing::tags>, tp::col<&Thing::marks>);
#endif
}
