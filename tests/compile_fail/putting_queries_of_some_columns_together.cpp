// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: queries that are put together are not of only(…) or omit(…): select<Row>(…) in both
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto q = tp::query<User>().union_(tp::query<User>());
#else
  auto q = tp::query<User>().only(tp::col<&User::email>).union_(tp::query<User>().only(tp::col<&User::email>));
#endif
}
