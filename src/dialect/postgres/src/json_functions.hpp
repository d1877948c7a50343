// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"

#include <string>

namespace tupelo::postgres {

/// Appends the calls about JSON documents. False: it is none of these.
bool json_function(std::string& sql, const function_call& call);

}  // namespace tupelo::postgres
