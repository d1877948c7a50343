// SPDX-License-Identifier: Apache-2.0
// expect: Thing
// expect: a vector of objects as field
// expect: tp::has_many<T>
// errors: 1
#include "blog.hpp"

struct Thing {
  std::int64_t id{};
#ifdef GOOD
  tp::has_many<Post> posts;
#else
  std::vector<Post> posts;
#endif
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
