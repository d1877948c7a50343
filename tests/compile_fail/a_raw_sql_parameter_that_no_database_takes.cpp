// SPDX-License-Identifier: Apache-2.0
// expect: std::tuple<int, int>
// expect: raw_sql(): a parameter of this type cannot be sent
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  tp::raw_query<Post> q(nullptr, "SELECT * FROM posts WHERE id = ?", 1);
#else
  tp::raw_query<Post> q(nullptr, "SELECT * FROM posts WHERE id = ?", std::tuple<int, int>{1, 2});
#endif
}
