// SPDX-License-Identifier: Apache-2.0
#include "recorded_version.hpp"

namespace tupelo {

std::string recorded_version(const std::string& of_program) {
  return of_program.empty() ? "tupelo " TUPELO_VERSION : of_program;
}

}  // namespace tupelo
