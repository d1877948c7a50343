// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

/// A comparison: our way and the hand-written way to do the same `operations`; rounds of both are interleaved.
struct bench_case {
  std::string name;
  std::string unit = "ns/op";
  double budget = 0;              ///< of the ratio; of `ours` where there is no baseline; 0: only reported
  std::size_t operations = 1000;  ///< in one round
  std::function<void(std::size_t)> ours;
  std::function<void(std::size_t)> baseline;  ///< empty: `ours` stands for itself
  int rounds = 31;
  bool budget_of_cpu = false;  ///< the budget is of CPU time: where a server does most of the work
  bool one_in_flight = false;  ///< client and server take turns: both are pinned to one core
};

/// A figure that is not timed: sizes, counts.
struct bench_figure {
  std::string name;
  std::string unit;
  double value;
  double budget;
};

/// URL of the PostgreSQL server to measure on; null: none.
inline const char* server() { return std::getenv("TUPELO_TEST_POSTGRES"); }

std::vector<bench_case> sqlite_cases();
/// None without a server.
std::vector<bench_case> postgres_cases();
std::vector<bench_case> copy_cases();
/// Loading relations, on SQLite and where there is one on the server.
std::vector<bench_case> relation_cases();
/// Tracking objects and writing what belongs together.
std::vector<bench_case> session_cases();
std::vector<bench_figure> session_figures();
std::vector<bench_case> core_cases();
/// Building the largest queries of the guides.
std::vector<bench_case> query_cases();
std::vector<bench_case> pool_cases();
/// A history of 1,000 migrations; a schema of 500 tables where there is a server.
std::vector<bench_case> schema_cases();
std::vector<bench_figure> copy_figures();
std::vector<bench_figure> core_figures();
std::vector<bench_figure> pool_figures();

/// Heap allocations of this thread so far.
std::size_t allocations() noexcept;

template <class T>
void keep(T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}
