// SPDX-License-Identifier: Apache-2.0
// expect: &Post::views
// expect: string_agg() needs a text
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
#ifdef GOOD
  auto e = tp::string_agg(tp::col<&Post::title>, ", ");
#else
  auto e = tp::string_agg(tp::col<&Post::views>, ", ");
#endif
}
