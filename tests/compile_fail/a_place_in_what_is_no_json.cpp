// SPDX-License-Identifier: Apache-2.0
// expect: path() needs a tp::json column
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
  auto p = tp::col<&Note::meta>.path("a");
#else
  auto p = tp::col<&Note::id>.path("a");
#endif
}
