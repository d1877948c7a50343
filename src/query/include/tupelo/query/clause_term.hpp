// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"

#include <cstdint>

namespace tupelo::detail {

/// The expression of the clause whose word stands at this place, with its values. Before: the clause has one, and the
/// query is not finished.
expression term_of(const query_core& core, std::uint32_t index);

}  // namespace tupelo::detail
