// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/derived_table.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo::detail {

source_kind common_kind(source_kind now, source_kind wanted) {
  if (now != source_kind::common && now != source_kind::materialized && now != source_kind::not_materialized) {
    throw query_error(std::string("materialized() and not_materialized() are of tp::cte(): ") +
                      (now == source_kind::recursive
                           ? "the rows of tp::recursive() are found once, whoever reads them"
                           : "a tp::derived() stands where it is read, and the database decides"));
  }
  return wanted;
}

void find_rows_once(query_core& query, source_kind how) {
  if (how != source_kind::recursive) {
    throw query_error("distinct() is of tp::recursive(): say it of the query that the rows are of");
  }
  std::uint64_t& step = query.shape.data()[1 + length_of(query.shape.data()[0])];
  step = with_sub(step, static_cast<std::uint8_t>(set_kind::union_));
}

}  // namespace tupelo::detail
