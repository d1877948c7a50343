// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"

namespace tupelo {

/// What a call gives; kind::null: not known.
kind result_of(const function_call& call) noexcept;
/// Whether the call may give NULL.
bool may_be_null(const function_call& call) noexcept;

}  // namespace tupelo
