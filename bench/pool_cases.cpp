// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/engine/backend.hpp>
#include <tupelo/dialect/sqlite/sqlite_dialect.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/when_all.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace tp = tupelo;

namespace {

/// A connection to a server that is never asked anything.
class silent_connection final : public tp::driver::connection {
public:
  bool runs_inline() const noexcept override { return false; }
  bool run(tp::driver::request&) noexcept override { return false; }
  void start(tp::driver::request&) noexcept override {}
  void interrupt() noexcept override {}
  void finish(tp::driver::prepared_statement*) noexcept override {}
  void release(tp::driver::prepared_statement*) noexcept override {}
  bool usable() const noexcept override { return true; }
  bool in_transaction() const noexcept override { return false; }
};

class silent_server final : public tp::connector {
public:
  tp::task<std::unique_ptr<tp::driver::connection>> connect(bool) override {
    co_return std::make_unique<silent_connection>();
  }
  std::uint32_t max_connections() const noexcept override { return 0; }
  bool wants_inline() const noexcept override { return false; }
};

tp::database& silent_database() {
  static const bool registered = [] {
    tp::register_backend(
        {"silent", &tp::sqlite::dialect_instance,
         [](const tp::driver::url&) -> std::unique_ptr<tp::connector> { return std::make_unique<silent_server>(); }});
    return true;
  }();
  static_cast<void>(registered);
  // It does not answer, so it is not to be asked whether it is there, however long ago it was used.
  static tp::database db("silent://host/x",
                         {.pool_size = 1, .keepalive_interval_us = 0, .validate_after_us = 3'600'000'000});
  return db;
}

tp::task<void> borrow(tp::database& db, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) {
    tp::lease held = co_await db.acquire();
    keep(held);
  }
}

/// Two who take turns: each time it is given back, the connection goes to the one who waits.
tp::task<void> take_turns(tp::database& db, std::size_t times) {
  std::optional<tp::lease> held(co_await db.acquire());
  const auto begin = [&]() -> tp::task<void> {
    held.reset();
    co_return;
  };
  co_await tp::when_all(borrow(db, times / 2), borrow(db, times / 2), begin());
}

}  // namespace

std::vector<bench_case> pool_cases() {
  std::vector<bench_case> cases;
  cases.push_back({.name = "acquire a free connection",
                   .budget = 100,
                   .operations = 20000,
                   .ours = [](std::size_t n) { tp::sync_wait(borrow(silent_database(), n)); },
                   .baseline = {}});
  cases.push_back({.name = "hand a connection over",
                   .budget = 1000,
                   .operations = 20000,
                   .ours = [](std::size_t n) { tp::sync_wait(take_turns(silent_database(), n)); },
                   .baseline = {}});
  return cases;
}

std::vector<bench_figure> pool_figures() {
  tp::sync_wait(borrow(silent_database(), 10));
  const std::size_t few = [] {
    const std::size_t before = allocations();
    tp::sync_wait(borrow(silent_database(), 1));
    return allocations() - before;
  }();
  const std::size_t before = allocations();
  tp::sync_wait(borrow(silent_database(), 1001));
  const std::size_t many = allocations() - before;  // before the figure's name is made
  return {{"heap allocations to acquire 1000 connections", "allocations", static_cast<double>(many - few), 0}};
}
