// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tupelo::detail {

/// The names of these things, for a message that says what there is: "a, b", or "none".
template <class... Items>
std::string known_names(const Items&... items) {
  std::string out;
  const auto add = [&](const auto& all) {
    for (const auto& item : all) out += (out.empty() ? "" : ", ") + item.name;
  };
  (add(items), ...);
  return out.empty() ? "none" : out;
}

}  // namespace tupelo::detail
