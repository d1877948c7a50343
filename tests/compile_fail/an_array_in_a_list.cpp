// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: an array is compared with ==
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Thing::tags> == std::vector<std::string>{"a"};
#else
  auto c = tp::col<&Thing::tags>.in(std::vector<std::vector<std::string>>{});
#endif
}
