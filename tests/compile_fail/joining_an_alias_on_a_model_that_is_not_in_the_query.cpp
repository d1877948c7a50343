// SPDX-License-Identifier: Apache-2.0
// expect: the ON condition uses a column of a model that is not in this query
// errors: 1
#include "blog.hpp"

#include <tupelo/query/derived_table.hpp>

int main() {
  const auto other = tp::alias<User>("other");
#ifdef GOOD
  auto q = tp::query<User>().join(other, other(&User::id) == tp::col<&User::id>);
#else
  auto q = tp::query<User>().join(other, other(&User::id) == tp::col<&Post::author_id>);
#endif
}
