// SPDX-License-Identifier: Apache-2.0
// expect: case_when(): the first value says the type, and std::nullopt has none
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto e = tp::case_when(tp::col<&User::age> < 18, std::optional<int>()).when(tp::col<&User::age> > 99, std::nullopt);
#else
  auto e = tp::case_when(tp::col<&User::age> < 18, std::nullopt);
#endif
}
