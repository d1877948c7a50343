// SPDX-License-Identifier: Apache-2.0
// expect: correlate(): this model is in the subquery already
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<Post>().correlate<User>();
#else
  auto q = tp::query<Post>().correlate<Post>();
#endif
}
