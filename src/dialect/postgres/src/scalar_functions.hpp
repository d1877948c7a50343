// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"

#include <string>
#include <string_view>

namespace tupelo::postgres {

/// What values of this kind are called where nothing around them says their type.
std::string_view value_type_of(kind k) noexcept;
/// Appends `left sign right` as the promised type needs both sides: integers compute in 64 bits, a decimal stays one
/// beside a double.
void arithmetic(std::string& sql, std::string_view sign, const call_argument& left, const call_argument& right);
/// Appends the calls that PostgreSQL spells, types or computes in its own way. False: it is none of these.
bool scalar_function(std::string& sql, const function_call& call);

}  // namespace tupelo::postgres
