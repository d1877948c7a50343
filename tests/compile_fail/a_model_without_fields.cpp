// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: a model without fields
// errors: 1
#include "blog.hpp"

#ifdef GOOD
struct Thing {
  std::int64_t id{};
};
#else
struct Thing {
  void nothing();
};
#endif

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
