// SPDX-License-Identifier: Apache-2.0
// expect: Address
// expect: nested value object and no column itself
// errors: 1
#include "blog.hpp"

extern tp::model<User>& m;

int main() {
#ifdef GOOD
  m.index(tp::col<&User::address, &Address::city>);
#else
  m.index(&User::address);
#endif
}
