// SPDX-License-Identifier: Apache-2.0
// expect: &Sheet::cells
// expect: of one dimension
// errors: 1
#include "things.hpp"

struct Sheet {
  std::int64_t id{};
  std::vector<int> line;
  std::vector<std::vector<int>> cells;
};

int main() {
#ifdef GOOD
  auto c = tp::col<&Sheet::line>.contains_all({1}) && tp::col<&Sheet::cells> == std::vector<std::vector<int>>{{1}};
#else
  auto c = tp::col<&Sheet::cells>.contains_all({1});
#endif
}
