// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/error.hpp"

#include <string>
#include <vector>

namespace tupelo {

/// What is wrong with one field of what a user sent. It holds no value.
struct violation {
  std::string field;    ///< "address.city"; empty: the whole
  std::string message;  ///< "must be a whole number from 0 to 255"
  errc code = errc::validation_failed;
};

using violations = std::vector<violation>;

/// A document or a patch is not what it must be. `what()` says all of it in one line.
class validation_error : public value_error {
public:
  /// `of` names what was read: "User". Before: `found` is not empty.
  validation_error(const std::string& of, tupelo::violations found);
  const tupelo::violations& violations() const noexcept { return violations_; }

private:
  tupelo::violations violations_;
};

}  // namespace tupelo
