// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/url_options.hpp"

#include "tupelo/core/error.hpp"

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace tupelo {

namespace {

struct count_option {
  std::string_view name;
  std::uint32_t database_options::* field;
  std::uint32_t least;
};
constexpr count_option counts[] = {
    {"pool_size", &database_options::pool_size, 1},
    {"max_overflow", &database_options::max_overflow, 0},
    {"min_idle", &database_options::min_idle, 0},
    {"detect_n_plus_one", &database_options::detect_n_plus_one, 0},
    {"read_attempts", &database_options::read_attempts, 1},
    {"shared_reads", &database_options::shared_reads, 0},
    {"statement_cache_size", &database_options::statement_cache_size, 1},
};
constexpr std::uint32_t most_of_anything = 1'000'000;

struct time_option {
  std::string_view name;
  std::int64_t database_options::* field;
};
constexpr time_option times[] = {
    {"acquire_timeout", &database_options::acquire_timeout_us},
    {"idle_timeout", &database_options::idle_timeout_us},
    {"max_lifetime", &database_options::max_lifetime_us},
    {"keepalive_interval", &database_options::keepalive_interval_us},
    {"validate_after", &database_options::validate_after_us},
    {"leak_threshold", &database_options::leak_threshold_us},
    {"retry_limit", &database_options::retry_limit_us},
    {"shared_patience", &database_options::shared_patience_us},
    {"queue_target", &database_options::queue_target_us},
    {"queue_interval", &database_options::queue_interval_us},
};

struct unit {
  std::string_view name;
  std::int64_t us;
};
constexpr unit units[] = {{"", 1'000},      {"us", 1},           {"ms", 1'000},
                          {"s", 1'000'000}, {"min", 60'000'000}, {"h", 3'600'000'000}};

[[noreturn]] void refuse(std::string_view name, const std::string& expected) {
  throw configuration_error(errc::invalid_configuration,
                            "database URL: option " + std::string(name) + " takes " + expected);
}

std::uint32_t parse_count(const count_option& option, std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < option.least || value > most_of_anything) {
    refuse(option.name,
           "a whole number from " + std::to_string(option.least) + " to " + std::to_string(most_of_anything));
  }
  return value;
}

std::int64_t parse_time(const time_option& option, std::string_view text) {
  std::int64_t value = -1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view named = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const unit& each : units) {
    std::int64_t us = 0;
    if (failure == std::errc() && value >= 0 && each.name == named && !__builtin_mul_overflow(value, each.us, &us))
      return us;
  }
  refuse(option.name, "a time in milliseconds, or with a unit: 500ms, 5s, 2min, 1h");
}

}  // namespace

void take_url_options(driver::url& from, database_options& options) {
  std::string text;
  for (const count_option& option : counts) {
    if (from.take_option(option.name, text)) options.*option.field = parse_count(option, text);
  }
  for (const time_option& option : times) {
    if (from.take_option(option.name, text)) options.*option.field = parse_time(option, text);
  }
}

}  // namespace tupelo
