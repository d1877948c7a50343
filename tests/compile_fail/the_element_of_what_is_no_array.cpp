// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::name
// expect: this function needs an array
// errors: 1
#include "things.hpp"

#include <tupelo/query/array_elements.hpp>

int main() {
#ifdef GOOD
  auto c = tp::element(tp::col<&Thing::tags>, 0);
#else
  auto c = tp::element(tp::col<&Thing::name>, 0);
#endif
}
