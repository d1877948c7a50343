// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a nested value object is no column
// errors: 1
#include "blog.hpp"

#include <tupelo/model/patch.hpp>

int main() {
#ifdef GOOD
  tp::patch<User>().set(tp::col<&User::address, &Address::city>, "London");
#else
  tp::patch<User>().set(tp::col<&User::address>, Address());
#endif
}
