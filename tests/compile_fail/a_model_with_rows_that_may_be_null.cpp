// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: no array of rows
// errors: 1
#include "blog.hpp"

struct Thing {
  std::int64_t id{};
#ifdef GOOD
  std::vector<std::vector<int>> grid;
#else
  std::vector<std::optional<std::vector<int>>> grid;
#endif
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
