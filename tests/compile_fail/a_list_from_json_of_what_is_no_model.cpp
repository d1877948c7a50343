// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: from_json() makes models, partial models, and std::vector and pages of these
#include "blog.hpp"

#include <tupelo/json.hpp>

void read(const tp::json& document) {
#ifdef GOOD
  (void)tp::from_json<std::vector<User>>(document);
#else
  (void)tp::from_json<std::vector<int>>(document);
#endif
}
