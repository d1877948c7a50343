// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/validation.hpp>

#include <utility>

namespace tupelo {

namespace {

std::string sentence(const std::string& of, const violations& found) {
  std::string text = of + ": ";
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i != 0) text += "; ";
    if (!found[i].field.empty()) text += found[i].field + " ";
    text += found[i].message;
  }
  return text;
}

}  // namespace

validation_error::validation_error(const std::string& of, tupelo::violations found)
    : value_error(errc::validation_failed, sentence(of, found)), violations_(std::move(found)) {}

}  // namespace tupelo
