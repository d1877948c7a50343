// SPDX-License-Identifier: Apache-2.0
// expect: must have rows of one type
// errors: 1
#include "blog.hpp"

#include <tupelo/query/derived_table.hpp>

int main() {
#ifdef GOOD
  auto q = tp::query<User>().union_(tp::query<User>());
#else
  auto q = tp::query<User>().union_(tp::query<Post>());
#endif
}
