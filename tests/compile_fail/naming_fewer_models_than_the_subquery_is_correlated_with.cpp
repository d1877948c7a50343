// SPDX-License-Identifier: Apache-2.0
// expect: condition<Comment>
// expect: condition<User>
// expect: the subquery is correlated with a model that is not named
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::exists<Comment, User>(tp::query<Post>().correlate<User>());
#else
  auto c = tp::exists<Comment>(tp::query<Post>().correlate<User>());
#endif
}
