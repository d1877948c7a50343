// SPDX-License-Identifier: Apache-2.0
// expect: path() names no place
// errors: 1
#include "blog.hpp"

#include <tupelo/query/json_place.hpp>
#include <tupelo/core/json.hpp>

struct Note {
  std::int64_t id{};
  tp::json meta;
};

int main() {
#ifdef GOOD
  auto e = tp::col<&Note::meta>.path("a").as<int>();
#else
  auto e = tp::col<&Note::meta>.path().as<int>();
#endif
}
