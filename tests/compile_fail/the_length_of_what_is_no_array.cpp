// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: needs an array
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Thing::tags>.length() > 1;
#else
  auto c = tp::col<&Thing::name>.length() > 1;
#endif
}
