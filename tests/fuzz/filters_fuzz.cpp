// SPDX-License-Identifier: Apache-2.0
// Filters from outside: any bytes are taken or refused by a filter_error, and nothing else is thrown.
#include <tupelo/query/filters.hpp>
#include <tupelo/query/select_query.hpp>
#include <tupelo/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace tp = tupelo;

enum class Role : std::uint8_t { guest, member, admin };

struct Member {
  std::int64_t id{};
  std::string name;
  std::optional<int> age;
  double height{};
  bool active{};
  Role role{Role::guest};
  tp::decimal fee;
  tp::timestamp created_at{};
  tp::date born{};
  tp::time_of_day wakes{};
  tp::uuid token{};
};

using enum tp::filter_by;

const tp::filters<Member>& allowed() {
  static const auto rules = tp::filters<Member>()
                                .allow("n", tp::col<&Member::name>, {eq, contains, in})
                                .allow("a", tp::col<&Member::age>, {eq, gte, in, is_null})
                                .allow("h", tp::col<&Member::height>, {eq, lt})
                                .allow("b", tp::col<&Member::active>)
                                .allow("r", tp::col<&Member::role>, {eq, in})
                                .allow("f", tp::col<&Member::fee>, {eq, in})
                                .allow("c", tp::col<&Member::created_at>, {eq, gte})
                                .allow("d", tp::col<&Member::born>)
                                .allow("w", tp::col<&Member::wakes>)
                                .allow("u", tp::col<&Member::token>, {eq, in})
                                .sort("a", tp::col<&Member::age>);
  return rules;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto asked = allowed().read(std::string_view(reinterpret_cast<const char*>(data), size));
    auto query = tp::query<Member>().apply(asked).limit(asked.page_size()).offset((asked.page() - 1) * 100);
    static_cast<void>(query.core().shape.size);
  } catch (const tp::filter_error&) {
    return 0;
  }
  return 0;
}
