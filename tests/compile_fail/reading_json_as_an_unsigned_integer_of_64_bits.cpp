// SPDX-License-Identifier: Apache-2.0
// expect: as<T>(): a database computes with signed integers of 64 bits
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
  auto e = tp::col<&Note::meta>.path("a").as<std::int64_t>();
#else
  auto e = tp::col<&Note::meta>.path("a").as<std::uint64_t>();
#endif
}
