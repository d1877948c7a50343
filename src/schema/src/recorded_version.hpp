// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tupelo {

/// What is recorded beside a revision: the program's version, or Tupelo's where the program names none.
std::string recorded_version(const std::string& of_program);

}  // namespace tupelo
