// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: concatenated\(\): the two arrays
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::concatenated(tp::col<&Thing::tags>, std::vector<std::string>{"a"});
#else
  auto c = tp::concatenated(tp::col<&Thing::tags>, std::vector<int>{1});
#endif
}
