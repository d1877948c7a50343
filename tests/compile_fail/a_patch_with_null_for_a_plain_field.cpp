// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: set() of a patch to NULL of a field that is not std::optional
// errors: 1
#include "blog.hpp"

#include <tupelo/model/patch.hpp>

int main() {
#ifdef GOOD
  tp::patch<Post>().set(&Post::subtitle, std::nullopt);
#else
  tp::patch<Post>().set(&Post::title, std::nullopt);
#endif
}
