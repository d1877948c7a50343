// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model_info.hpp"
#include "tupelo/core/error.hpp"

#include <string>

namespace tupelo {

/// What is wrong with a model is said behind the name of its struct.
[[noreturn]] inline void refuse(const model_info& info, const std::string& what) {
  throw model_error("struct " + std::string(info.short_name()) + ": " + what);
}

}  // namespace tupelo
