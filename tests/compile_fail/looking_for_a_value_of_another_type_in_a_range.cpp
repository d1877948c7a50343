// SPDX-License-Identifier: Apache-2.0
// expect: &Thing::
// expect: does not match the range
// errors: 1
#include "things.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&Thing::seats>.contains(1);
#else
  auto c = tp::col<&Thing::seats>.contains(std::int64_t{1});
#endif
}
