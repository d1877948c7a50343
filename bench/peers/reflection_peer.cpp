// SPDX-License-Identifier: Apache-2.0
// Reads a schema of a server so often: reflection_peer <url> <schema> <times>. Prints what one reading cost.
#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/introspect.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string url = argv[1];
  const int times = std::atoi(argv[3]);
  tupelo::database db(url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + argv[2],
                      {.run = tupelo::execution::inline_});
  const auto cpu_now = [] {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
  };
  std::size_t tables = tupelo::sync_wait(tupelo::introspect(db)).tables.size();  // connected from here on
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_begin = cpu_now();
  for (int i = 0; i < times; ++i) tables = tupelo::sync_wait(tupelo::introspect(db)).tables.size();
  const double cpu = cpu_now() - cpu_begin;
  const double wall = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
  std::printf("{\"cpu\": %.1f, \"wall\": %.1f, \"tables\": %zu}\n", cpu / times, wall / times, tables);
  return 0;
}
