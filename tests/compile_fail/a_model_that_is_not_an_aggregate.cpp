// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: this type is not an aggregate
// errors: 1
#include "blog.hpp"

#ifdef GOOD
struct Thing {
  std::int64_t id{};
  std::string name;
};
#else
struct Thing {
  Thing() : id(1) {}
  std::int64_t id;
  std::string name;
};
#endif

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
