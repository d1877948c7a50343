// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"

#include <cstdint>

namespace tupelo::detail {

/// The expression of the clause whose word stands at this place, with its values. Before: the clause has one, and the
/// query is not finished.
expression term_of(const query_core& core, std::uint32_t index);

/// Takes out what the query says of its order, which means nothing to a single row. Before: it is not finished.
void drop_orders(query_core& core);

/// The term as it is said in the query where that selects, groups or orders by it already, with values: those are not
/// given again, so that databases see one term in both places. Else as it is.
expression said_term(const query_core& core, const expression& term);

}  // namespace tupelo::detail
