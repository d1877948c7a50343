// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: a vector of vectors as field
// errors: 1
#include "blog.hpp"

struct Thing {
  std::int64_t id{};
#ifdef GOOD
  std::vector<int> grid;
#else
  std::vector<std::vector<int>> grid;
#endif
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
