// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::name
// expect: this function needs an array
// errors: 1
#include "things.hpp"

#include <tupelo/query/array_elements.hpp>

int main() {
#ifdef GOOD
  auto c = tp::any_of(tp::col<&Thing::tags>);
#else
  auto c = tp::any_of(tp::col<&Thing::name>);
#endif
}
