// SPDX-License-Identifier: Apache-2.0
// The largest queries of docs/queries.md and docs/expressions.md, which are built anew wherever they are run.
#include "bench.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/query/window.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tp = tupelo;

namespace {

enum class Role : std::uint8_t { guest, member, admin };
struct Address {
  std::string street, city;
};
struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  Address address;
  Role role{Role::guest};
};
struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title, body;
  int views{};
};
struct Totals {
  std::int64_t author_id;
  std::int64_t posts, views;
};

auto conditions() {
  return tp::query<User>().where(tp::col<&User::role>.in(Role::member, Role::admin) &&
                                 (tp::col<&User::age>.between(18, 65) || tp::col<&User::age>.is_null()) &&
                                 !tp::col<&User::email>.ends_with(".invalid") &&
                                 tp::col<&User::address, &Address::city> == "London");
}

auto windows() {
  const auto best_first = tp::partition_by(tp::col<&Post::author_id>).order_by(tp::col<&Post::views>.desc());
  return tp::query<Post>()
      .order_by(tp::col<&Post::id>)
      .select(tp::col<&Post::id>, tp::rank().over(best_first),
              tp::col<&Post::views> * 100 / tp::sum(tp::col<&Post::views>).over(),
              tp::lag(tp::col<&Post::views>).over(tp::order_by(tp::col<&Post::id>)),
              tp::avg(tp::col<&Post::views>)
                  .over(tp::order_by(tp::col<&Post::id>).rows_between(tp::preceding(2), tp::current_row)));
}

auto derived() {
  const auto author = tp::col<&Post::author_id>;
  const auto totals = tp::derived(
      "totals", tp::query<Post>().group_by(author).select<Totals>(author, tp::count(), tp::sum(tp::col<&Post::views>)));
  return tp::query<User>()
      .join(totals, totals(&Totals::author_id) == tp::col<&User::id>)
      .where(totals(&Totals::posts) > 2)
      .select(tp::col<&User::email>, totals(&Totals::views));
}

auto recursive() {
  const auto later =
      tp::recursive("later", tp::query<Post>().where(tp::col<&Post::id> == 1).select<std::int64_t>(tp::col<&Post::id>),
                    [](const auto& found) {
                      return tp::query<Post>()
                          .join(found, tp::col<&Post::views> > 0 && tp::col<&Post::id> == found.value() + 1)
                          .template select<std::int64_t>(tp::col<&Post::id>);
                    });
  return tp::query<Post>().join(later, later.value() == tp::col<&Post::id>);
}

template <class Build>
bench_case building(const char* what, Build build) {
  return {.name = std::string("build a query: ") + what,
          .budget = 1000,
          .operations = 5000,
          .ours =
              [build](std::size_t n) {
                for (std::size_t i = 0; i < n; ++i) {
                  auto query = build();
                  keep(query);
                }
              },
          .baseline = {}};
}

}  // namespace

std::vector<bench_case> query_cases() {
  return {building("conditions", &conditions), building("windows", &windows), building("derived table", &derived),
          building("recursion", &recursive)};
}
