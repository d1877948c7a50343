// SPDX-License-Identifier: Apache-2.0
// expect: recursive(): the second query selects another row type
// errors: 1
#include "blog.hpp"

#include <tupelo/query/derived_table.hpp>

int main() {
  const auto first = tp::query<Post>().select<std::int64_t>(tp::col<&Post::id>);
#ifdef GOOD
  auto t = tp::recursive("t", first, [&](const auto&) { return first; });
#else
  auto t = tp::recursive("t", first, [&](const auto&) { return tp::query<Post>(); });
#endif
}
