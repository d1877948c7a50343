// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/verbs.hpp"
#include "tupelo/model/model_info.hpp"

#include <algorithm>
#include <vector>

namespace tupelo::detail {

void order_by_key(query_core& core) {
  const std::uint32_t table = model_of(core.shape.data()[0]);
  if (!alias_name(table).empty()) return;
  const model_spec& spec = *find_spec(table);
  const model_info& info = info_of(spec);
  std::vector<std::uint64_t> ordered;
  bool descending = false;
  bool computed = false;     // the rows are of another type
  std::size_t selected = 0;  // of the table's columns, in their order
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    switch (op_of(word)) {
      case op::row_type: computed = true; break;
      case op::project:
        if (selected < info.columns.size() && length_of(word) == 1 &&
            core.shape.data()[i + 1] ==
                column_ref{&spec, info.fields[info.columns[selected]].offset}.word(op::column)) {
          ++selected;
        }
        break;
      case op::group:
      case op::having:
      case op::distinct:
      case op::distinct_on:
      case op::part: return;  // its rows are not those of the table
      case op::order:
        descending = (sub_of(word) & 1U) != 0;
        if (length_of(word) == 1) ordered.push_back(core.shape.data()[i + 1]);
        break;
      default: break;
    }
    i += body_of(word) + payload_of(word);
  }
  if (computed && selected != info.columns.size()) return;
  for (const std::uint16_t part : info.key) {
    const column_ref column{&spec, info.fields[part].offset};
    if (std::find(ordered.begin(), ordered.end(), column.word(op::column)) != ordered.end()) continue;
    core.order(expression(column), descending);
  }
}

}  // namespace tupelo::detail
