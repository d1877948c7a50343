// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/model/row_ops.hpp"

namespace tupelo::detail {

/// One relation that is loaded, or the part of it that is of one model: which, how its rows are kept, and what narrows
/// them. The query's own loads follow it.
struct load_step {
  column_ref relation;
  const row_ops* rows;
  query_core query;
  const row_ops* owner = nullptr;  ///< of the rows beside which it is to be read; null: by a statement of its own
  const row_ops* pivot = nullptr;  ///< of the join table's rows, which are read too; null: they are not
  std::uint8_t model = 0;          ///< of a relation to one of several models: the position of this one
};

}  // namespace tupelo::detail
