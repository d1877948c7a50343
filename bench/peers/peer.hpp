// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

// What every peer does: one SELECT by key after the other, each row into this struct.

struct Person {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  bool active{};
  double score{};
};

inline constexpr const char* select_by_key = "SELECT id, email, age, active, score FROM bench_people WHERE id = $1";

template <class T>
void keep(T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Runs `get(key)` so often as the command line says, `<program> <connection> <operations>`, and prints what one of
/// them cost this process, in nanoseconds.
template <class Get>
int measure(int argc, char** argv, Get&& get) {
  const std::int64_t operations = argc > 2 ? std::atoll(argv[2]) : 0;
  const auto run = [&](std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      Person person = get(1 + i % 1000);
      keep(person);
    }
  };
  const auto cpu_now = [] {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
  };
  run(operations / 10 + 1);
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_begin = cpu_now();
  run(operations);
  const double cpu = cpu_now() - cpu_begin;
  const double wall = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
  const auto count = static_cast<double>(operations);
  std::printf("{\"cpu\": %.1f, \"wall\": %.1f}\n", cpu / count, wall / count);
  return 0;
}
