// SPDX-License-Identifier: Apache-2.0
// expect: &User::address
// expect: a nested value object is no column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&User::address, &Address::city> == "London";
#else
  auto c = tp::col<&User::address> == "London";
#endif
}
