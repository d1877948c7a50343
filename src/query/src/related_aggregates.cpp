// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/related_aggregates.hpp"

#include "tupelo/query/clause_term.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo::detail {

query_core aggregated(query_core rows, const expression& aggregate, const model_spec& row) {
  if (rows.has_limit() || rows.has_offset()) {
    throw query_error("sum_of() and the like are of all related rows that the function leaves: narrow them by where(), "
                      "not by limit() and offset()");
  }
  drop_orders(rows);
  rows.clause(op::project, aggregate);
  rows.row_type(row);
  return rows;
}

}  // namespace tupelo::detail
