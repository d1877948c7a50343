// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: set() of a patch: the value does not match the field's type
// errors: 1
#include "blog.hpp"

#include <tupelo/model/patch.hpp>

int main() {
#ifdef GOOD
  tp::patch<User>().set(&User::age, 5);
#else
  tp::patch<User>().set(&User::age, "five");
#endif
}
