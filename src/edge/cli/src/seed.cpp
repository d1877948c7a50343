// SPDX-License-Identifier: Apache-2.0
#include <tupelo/seed.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tupelo {
namespace {

/// A function's own, because seeds register before main() in any order of files.
std::vector<const seed*>& registry() {
  static std::vector<const seed*> seeds;
  return seeds;
}

}  // namespace

bool environment_list::includes(std::string_view environment) const noexcept {
  return names_.empty() || std::find(names_.begin(), names_.end(), environment) != names_.end();
}

seed::seed(std::string_view name, function run, seed_options options)
    : name_(name), run_(run), environments_(std::move(options.env)) {
  registry().push_back(this);
}

seed::seed(std::string_view name, long_function run, seed_options options)
    : name_(name), run_long_(run), environments_(std::move(options.env)) {
  registry().push_back(this);
}

seed::~seed() { std::erase(registry(), this); }

std::vector<const seed*> registered_seeds(std::string_view environment) {
  std::vector<const seed*> sorted = registry();
  std::sort(sorted.begin(), sorted.end(), [](const seed* a, const seed* b) { return a->name() < b->name(); });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i - 1]->name() != sorted[i]->name()) continue;
    throw configuration_error(errc::invalid_configuration, "two seeds are called `" + std::string(sorted[i]->name()) +
                                                               "`; give one of them another name");
  }
  std::erase_if(sorted, [&](const seed* s) { return !s->environments().includes(environment); });
  return sorted;
}

}  // namespace tupelo
