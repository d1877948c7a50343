// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: set() of a patch: the value does not match the field's type
// errors: 1
#include "blog.hpp"

#include <tupelo/model/patch.hpp>

int main() {
#ifdef GOOD
  tp::patch<Post>().set(&Post::title, "five");
#else
  tp::patch<Post>().set(&Post::title, 5);
#endif
}
