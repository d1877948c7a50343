// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: set() of a patch: an optional value for a field that is not std::optional
// errors: 1
#include "blog.hpp"

#include <tupelo/model/patch.hpp>

int main() {
#ifdef GOOD
  tp::patch<Post>().set(&Post::subtitle, std::optional<std::string>());
#else
  tp::patch<Post>().set(&Post::views, std::optional<int>());
#endif
}
