// SPDX-License-Identifier: Apache-2.0
// expect: Size
// expect: a composite has an attribute that is no value of one type
// errors: 1
#include "blog.hpp"

#include <tupelo/model/composite.hpp>

struct Inner {
  std::int32_t least{};
  std::int32_t most{};
};
struct Size {
  std::int32_t width{};
#ifdef GOOD
  std::vector<std::vector<std::int32_t>> heights{};
#else
  Inner heights{};
#endif
};
template <>
struct tupelo::field_traits<Size> : tupelo::composite<Size, "size"> {};
struct Thing {
  std::int64_t id{};
  Size size{};
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
