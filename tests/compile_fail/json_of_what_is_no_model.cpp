// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: to_json() takes models
// errors: 1
#include "blog.hpp"

#include <tupelo/json.hpp>

int main() {
  const User user;
#ifdef GOOD
  const auto text = tp::to_json_text(user);
#else
  const auto text = tp::to_json_text(&user);
#endif
  return text.empty() ? 1 : 0;
}
