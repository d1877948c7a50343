// SPDX-License-Identifier: Apache-2.0
// expect: a term's type does not match the type of Row's field at the same position
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/verbs.hpp>

int main() {
#ifdef GOOD
  auto q = update<Post>().set(tp::col<&Post::views>, 1).all_rows().returning<std::string>(tp::col<&Post::title>);
#else
  auto q = update<Post>().set(tp::col<&Post::views>, 1).all_rows().returning<int>(tp::col<&Post::title>);
#endif
}
