// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: set() of a patch names a field of its model
// errors: 1
#include "blog.hpp"

#include <tupelo/model/patch.hpp>

int main() {
#ifdef GOOD
  tp::patch<User>().set(&User::email, "x");
#else
  tp::patch<User>().set(&Post::title, "x");
#endif
}
