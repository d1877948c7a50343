// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: need an array column
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Thing::tags>.contains_all({"a"});
#else
  auto c = tp::col<&Thing::name>.contains_all({"a"});
#endif
}
