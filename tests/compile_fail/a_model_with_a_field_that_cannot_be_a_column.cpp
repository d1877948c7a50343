// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: unique_ptr<int
// expect: a field of a type that cannot be a column
// errors: 1
#include "blog.hpp"

#include <memory>

#ifdef GOOD
struct Thing {
  std::int64_t id{};
  std::string tags;
};
#else
struct Thing {
  std::int64_t id{};
  std::unique_ptr<int> tags;
};
#endif

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
