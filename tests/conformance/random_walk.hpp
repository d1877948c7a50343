// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string>

namespace tupelo::conformance {

/// What the environment says, or what there is without.
inline unsigned number_in(const char* variable, unsigned otherwise) {
  const char* const said = std::getenv(variable);
  return said != nullptr ? static_cast<unsigned>(std::strtoul(said, nullptr, 10)) : otherwise;
}

/// Chance, the names of what is made, and the story of a walk, which a failure tells.
class random_walk {
protected:
  explicit random_walk(unsigned seed) : chance_(seed) {}

  std::size_t below(std::size_t n) { return chance_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  void say(const std::string& what) { log_ += what + "; "; }
  std::string fresh(const char* kind) { return kind + std::to_string(++made_); }
  /// Empty where there is none.
  template <class Names>
  std::string any(const Names& names) {
    if (names.empty()) return {};
    auto it = names.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(below(names.size())));
    if constexpr (requires { it->first; }) {
      return it->first;
    } else {
      return *it;
    }
  }

  std::string log_;

private:
  std::mt19937 chance_;
  int made_ = 0;
};

}  // namespace tupelo::conformance
