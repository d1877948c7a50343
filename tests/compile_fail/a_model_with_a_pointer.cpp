// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: a model has a pointer as field
// errors: 1
#include "blog.hpp"

#ifdef GOOD
struct Thing {
  std::int64_t id{};
  std::string name;
};
#else
struct Thing {
  std::int64_t id{};
  const char* name{};
};
#endif

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
