// SPDX-License-Identifier: Apache-2.0
// expect: an alias is asked for a field of another model
// errors: 1
#include "blog.hpp"

#include <tupelo/query/derived_table.hpp>

int main() {
  const auto other = tp::alias<User>("other");
#ifdef GOOD
  auto c = other(&User::age) > 18;
#else
  auto c = other(&Post::views) > 18;
#endif
}
