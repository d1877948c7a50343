// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::spans
// expect: elements of this type have no order
// errors: 1
#include "things.hpp"

#include <tupelo/query/array_elements.hpp>

int main() {
#ifdef GOOD
  auto c = tp::any_of(tp::col<&Thing::spans>) == tp::interval{};
#else
  auto c = tp::any_of(tp::col<&Thing::spans>) < tp::interval{};
#endif
}
