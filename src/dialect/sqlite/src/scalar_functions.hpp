// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"

#include <string>
#include <string_view>

namespace tupelo::sqlite {

/// Appends the calls that SQLite spells or computes in its own way. False: it is none of these.
bool scalar_function(std::string& sql, const function_call& call);
bool gives_near(const function_call& call) noexcept;
void part_of_moment(std::string& sql, function part, std::string_view moment);

}  // namespace tupelo::sqlite
