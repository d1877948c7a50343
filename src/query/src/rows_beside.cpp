// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/rows_beside.hpp"

#include "tupelo/query/projection.hpp"
#include "tupelo/core/error.hpp"

#include <utility>

namespace tupelo::detail {

namespace {

bool selects_terms(const query_core& core) noexcept {
  for (std::uint32_t i = 0; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    if (op_of(word) == op::project) return true;
    i += body_of(word) + payload_of(word);
  }
  return false;
}

}  // namespace

void refuse_selected(const query_core& core) {
  if (!selects_terms(core)) return;
  throw query_error(
      "select() or pluck() of a query that selects already, by select(), with_count() or the like: say once what is "
      "selected; what is counted beside columns is one of the terms: tp::count_of(&User::posts)");
}

void throw_objects_behind() {
  throw query_error(
      "with() before select(): relations are loaded with the objects that stand first in a std::pair or std::tuple; "
      "select tp::whole of the query's model as the first term of one");
}

void select_beside(query_core& core, const model_spec* whole, const expression& term, const model_spec& row) {
  load_list kept = std::move(core.loads);
  if (whole != nullptr && !selects_terms(core)) project_all(core, *whole);
  core.term(op::project, term);
  core.row_type(row);
  core.loads = std::move(kept);
}

}  // namespace tupelo::detail
