// SPDX-License-Identifier: Apache-2.0
#include "tupelo/repository.hpp"

namespace tupelo::detail {

void order_by_key(query_core& core, const model_spec& spec) {
  const model_info& info = require_table(info_of(spec));
  for (const std::uint16_t i : info.key) core.order(expression(column_ref{&spec, info.fields[i].offset}), false);
}

}  // namespace tupelo::detail
