// SPDX-License-Identifier: Apache-2.0
// expect: no member named 'filter'
// errors: 1
#include "blog.hpp"

#include <tupelo/query/window.hpp>

int main() {
#ifdef GOOD
  auto e = tp::sum(tp::col<&Post::views>).filter(tp::col<&Post::views> > 1);
#else
  auto e = tp::abs(tp::col<&Post::views>).filter(tp::col<&Post::views> > 1);
#endif
}
