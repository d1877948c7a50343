// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/session/session.hpp>
#include <tupelo/engine/database.hpp>
#include <tupelo/core/task.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

/// The environments a seed is meant for: `"development"` or `{"development", "test"}`; empty: every one.
class environment_list {
public:
  environment_list() = default;
  environment_list(const char* only) : names_{only} {}  // NOLINT(*-explicit-*)
  environment_list(std::initializer_list<const char*> names) : names_(names.begin(), names.end()) {}

  bool includes(std::string_view environment) const noexcept;
  const std::vector<std::string>& names() const noexcept { return names_; }

private:
  std::vector<std::string> names_;
};

/// What a long seed tells of itself: how many of how many are done. On a terminal `db seed` shows it as a bar with both
/// numbers, and says the last one when it is done.
///
/// It is called, so that it can be handed on: `factory.fill(db, 100'000, std::ref(progress))`.
class seed_progress {
public:
  virtual ~seed_progress() = default;
  virtual void operator()(std::size_t done, std::size_t all) = 0;
};

struct seed_options {
  environment_list env{};
};

/// Registers a function that `db seed` runs. Define it at namespace scope in a file of seeds/:
///
///     static const tp::seed users("users", [](tp::database& db) -> tp::task<void> {
///       co_await db.insert(User{.email = "ada@example.com"});
///     });
///
/// One that takes long asks for a `seed_progress` beside the database: `[](tp::database& db, tp::seed_progress& told)`.
///
/// Seeds run in the order of their names. Whether one may run twice is up to it.
/// Owns: `name` is kept as it is given and must live as long as the seed; so must the seed itself.
/// Threads: made before main() or on one thread.
class seed {
public:
  using function = task<void> (*)(database&);
  using long_function = task<void> (*)(database&, seed_progress&);

  seed(std::string_view name, function run, seed_options options = {});
  seed(std::string_view name, long_function run, seed_options options = {});
  seed(const seed&) = delete;
  seed& operator=(const seed&) = delete;
  ~seed();

  std::string_view name() const noexcept { return name_; }
  const environment_list& environments() const noexcept { return environments_; }
  task<void> run(database& db, seed_progress& told) const { return run_ != nullptr ? run_(db) : run_long_(db, told); }

private:
  std::string_view name_;
  function run_ = nullptr;
  long_function run_long_ = nullptr;
  environment_list environments_;
};

/// Every seed linked into the program that is meant for this environment, in the order in which they run.
/// Errors: configuration_error (invalid_configuration) when two have one name.
std::vector<const seed*> registered_seeds(std::string_view environment);

namespace detail {

template <auto... Key, class T>
task<std::size_t> seed_rows(database& db, std::vector<T> rows, std::function<void(std::size_t, std::size_t)> told) {
  const conflict_clause by = on_conflict(col<Key>...).update_all();
  std::size_t done = 0;
  co_await db.transaction([&](session& s) -> task<void> {
    done = 0;  // again, where the transaction is tried again
    for (const T& row : rows) {
      T fresh = row;  // an attempt that is tried again must not leave its generated keys
      co_await s.upsert(fresh, by);
      if (told) told(++done, rows.size());
    }
  });
  co_return rows.size();
}

}  // namespace detail

/// Rows that are to be there, told apart by what identifies them outside the database, their natural key, which a
/// unique constraint keeps: what is missing is inserted, what is there gets these values, and nothing is there twice,
/// however often it runs. All or nothing. Returns how many rows these are.
///
///     co_await tp::seed_by<&Role::name>(db, std::vector<Role>{{.name = "admin"}, {.name = "guest"}});
///
/// Errors: as upsert. Owns: the rows are the task's own; `db` must outlive it.
template <auto... Key, class T>
  requires(sizeof...(Key) > 0)
task<std::size_t> seed_by(database& db, std::vector<T> rows, std::function<void(std::size_t, std::size_t)> told = {}) {
  return detail::seed_rows<Key...>(db, std::move(rows), std::move(told));
}

}  // namespace tupelo

namespace tp = tupelo;
