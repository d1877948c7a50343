// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "pinning.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>

namespace {

thread_local std::size_t allocation_count = 0;

/// Nanoseconds per operation, by the clock and of this process's CPU time.
struct cost {
  double wall, cpu;
};

double cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

cost round_of(const std::function<void(std::size_t)>& work, std::size_t operations) {
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_begin = cpu_now();
  work(operations);
  const double cpu = cpu_now() - cpu_begin;
  const double wall = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
  return {wall / static_cast<double>(operations), cpu / static_cast<double>(operations)};
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

struct json_list {
  std::string text = "[";
  void add(const std::string& name, const std::string& unit, double ours, double baseline, double ratio, double budget,
           double cpu_ratio = 0, bool budget_of_cpu = false) {
    char line[512];
    std::snprintf(line, sizeof line,
                  "%s\n{\"name\": \"%s\", \"unit\": \"%s\", \"ours\": %.3f, \"baseline\": %.3f, \"ratio\": %.4f, "
                  "\"cpu_ratio\": %.4f, \"budget\": %.3f, \"budget_of_cpu\": %s}",
                  text.size() > 1 ? "," : "", name.c_str(), unit.c_str(), ours, baseline, ratio, cpu_ratio, budget,
                  budget_of_cpu ? "true" : "false");
    text += line;
  }
};

void measure(const bench_case& c, json_list& out) {
  std::vector<double> ours, baseline, ratios, cpu_ratios;
  const pinned to_one_core(c.one_in_flight);
  c.ours(c.operations / 10 + 1);
  if (c.baseline) c.baseline(c.operations / 10 + 1);
  for (int i = 0; i < c.rounds; ++i) {
    const cost mine = round_of(c.ours, c.operations);
    ours.push_back(mine.wall);
    if (!c.baseline) continue;
    const cost theirs = round_of(c.baseline, c.operations);
    baseline.push_back(theirs.wall);
    ratios.push_back(mine.wall / theirs.wall);
    cpu_ratios.push_back(mine.cpu / theirs.cpu);
  }
  const double theirs = c.baseline ? median(baseline) : 0;
  out.add(c.name, c.unit, median(ours), theirs, c.baseline ? median(ratios) : 0, c.budget,
          c.baseline ? median(cpu_ratios) : 0, c.budget_of_cpu);
}

// One side of one case, so often: what an instruction counter is run around.
int run_once(const std::vector<bench_case>& cases, const char* name, bool baseline, std::size_t operations) {
  for (const bench_case& c : cases) {
    if (c.name != name) continue;
    const auto& work = baseline ? c.baseline : c.ours;
    if (work) work(operations);
    return 0;
  }
  return 1;
}

}  // namespace

std::size_t allocations() noexcept { return allocation_count; }

void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* place = std::malloc(size)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }

/// tupelo_bench [--json file | --only <part of a case's name>] | --list | --once <case> ours|baseline <operations>
int main(int argc, char** argv) {
  std::vector<bench_case> cases = sqlite_cases();
  for (bench_case& c : postgres_cases()) cases.push_back(std::move(c));
  for (bench_case& c : copy_cases()) cases.push_back(std::move(c));
  for (bench_case& c : relation_cases()) cases.push_back(std::move(c));
  for (bench_case& c : session_cases()) cases.push_back(std::move(c));
  for (bench_case& c : core_cases()) cases.push_back(std::move(c));
  for (bench_case& c : query_cases()) cases.push_back(std::move(c));
  for (bench_case& c : pool_cases()) cases.push_back(std::move(c));
  for (bench_case& c : schema_cases()) cases.push_back(std::move(c));
  if (argc == 2 && !std::strcmp(argv[1], "--list")) {
    for (const bench_case& c : cases) std::printf("%s\t%zu\t%d\n", c.name.c_str(), c.operations, c.baseline ? 1 : 0);
    return 0;
  }
  if (argc == 5 && !std::strcmp(argv[1], "--once")) {
    return run_once(cases, argv[2], !std::strcmp(argv[3], "baseline"), static_cast<std::size_t>(std::atoll(argv[4])));
  }
  json_list out;
  const char* const only = argc == 3 && !std::strcmp(argv[1], "--only") ? argv[2] : "";
  const auto add = [&](const std::vector<bench_figure>& figures) {
    for (const bench_figure& f : figures) out.add(f.name, f.unit, f.value, 0, 0, f.budget);
  };
  // First: they are of processes that fork off before there are threads.
  if (*only == '\0') add(copy_figures());
  for (const bench_case& c : cases) {
    if (c.name.find(only) != std::string::npos) measure(c, out);
  }
  if (*only == '\0') {
    add(core_figures());
    add(session_figures());
    add(pool_figures());
  }
  out.text += "\n]\n";
  if (argc == 3 && !std::strcmp(argv[1], "--json")) {
    std::FILE* file = std::fopen(argv[2], "w");
    if (!file) {
      std::perror(argv[2]);
      return 1;
    }
    std::fputs(out.text.c_str(), file);
    std::fclose(file);
  } else {
    std::fputs(out.text.c_str(), stdout);
  }
  return 0;
}
