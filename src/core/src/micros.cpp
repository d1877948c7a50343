// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/micros.hpp>

namespace tupelo::detail {

void throw_invalid_value(const char* message) { throw value_error(message); }

void throw_value_out_of_range(const char* message) { throw value_error(errc::value_out_of_range, message); }

}  // namespace tupelo::detail
