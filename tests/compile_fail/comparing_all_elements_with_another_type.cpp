// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: cannot be an element of this array
// errors: 1
#include "things.hpp"

#include <tupelo/query/array_elements.hpp>

int main() {
#ifdef GOOD
  auto c = tp::all_of(tp::col<&Thing::tags>) == "a";
#else
  auto c = tp::all_of(tp::col<&Thing::tags>) == 1;
#endif
}
