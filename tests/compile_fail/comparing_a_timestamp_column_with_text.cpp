// SPDX-License-Identifier: Apache-2.0
// expect: &User::created_at
// expect: this value cannot be compared with this column
// errors: 1
#include "blog.hpp"

int main() {
#ifdef GOOD
  auto c = tp::col<&User::created_at> < tp::timestamp{};
#else
  auto c = tp::col<&User::created_at> < "2026-11-21";
#endif
}
