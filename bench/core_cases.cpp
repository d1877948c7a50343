// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/engine/statement_cache.hpp>
#include <tupelo/dialect/sqlite/sqlite_dialect.hpp>

namespace tp = tupelo;

namespace {

struct Person {
  std::int64_t id{};
  std::string email;
  int age{};
  std::string country;
  bool active{};
  std::int64_t created_at{};
};

volatile int minimum_age = 18;

auto build() {
  return tp::query<Person>()
      .where(tp::col<&Person::email>.contains("@x.com") && tp::col<&Person::age> >= int(minimum_age))
      .order_by(tp::col<&Person::created_at>.desc())
      .limit(10);
}

// A connection that is never asked anything: the cache only needs somebody to release statements to.
class no_connection final : public tp::driver::connection {
public:
  bool runs_inline() const noexcept override { return true; }
  bool run(tp::driver::request&) noexcept override { return false; }
  void start(tp::driver::request&) noexcept override {}
  void interrupt() noexcept override {}
  void finish(tp::driver::prepared_statement*) noexcept override {}
  void release(tp::driver::prepared_statement*) noexcept override {}
  bool usable() const noexcept override { return true; }
  bool in_transaction() const noexcept override { return false; }
};

}  // namespace

std::vector<bench_case> core_cases() {
  std::vector<bench_case> cases;
  cases.push_back({.name = "build a typical query",
                   .budget = 80,
                   .operations = 20000,
                   .ours =
                       [](std::size_t n) {
                         for (std::size_t i = 0; i < n; ++i) {
                           auto query = build();
                           keep(query);
                         }
                       },
                   .baseline = {}});
  cases.push_back({.name = "statement cache lookup",
                   .budget = 30,
                   .operations = 20000,
                   .ours =
                       [](std::size_t n) {
                         static no_connection connection;
                         static tp::statement_cache cache(256);
                         tp::query_core core = build().core();
                         core.finish();
                         const std::uint64_t* words = core.shape.data();
                         const std::uint32_t count = core.shape.size;
                         if (!cache.find(tp::hash_words(words, count), words, count)) {
                           cache.insert(tp::hash_words(words, count), words, count, nullptr, connection);
                         }
                         for (std::size_t i = 0; i < n; ++i) {
                           keep(core);
                           auto* found = cache.find(tp::hash_words(words, count), words, count);
                           keep(found);
                         }
                       },
                   .baseline = {}});
  cases.push_back({.name = "render a new shape",
                   .operations = 500,
                   .ours =
                       [](std::size_t n) {
                         tp::query_core core = build().core();
                         core.finish();
                         for (std::size_t i = 0; i < n; ++i) {
                           auto plan = tp::sqlite::dialect_instance().render(core.shape.data(), core.shape.size);
                           keep(plan);
                         }
                       },
                   .baseline = {}});
  return cases;
}

std::vector<bench_figure> core_figures() {
  struct bare {
    std::int64_t id;
    std::string email;
    int age;
    std::string country;
    bool active;
    std::int64_t created_at;
  };
  auto warm = build();
  keep(warm);
  const std::size_t before = allocations();
  auto query = build();
  keep(query);
  const std::size_t after = allocations();
  return {{"heap allocations to build a query", "allocations", static_cast<double>(after - before), 0},
          {"size of a query object", "bytes", sizeof query, 1024},
          {"bytes of a model beyond its fields", "bytes",
           static_cast<double>(sizeof(Person)) - static_cast<double>(sizeof(bare)), 0}};
}
