// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model_info.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::detail {

void read_columns(query_core& core, const model_spec& spec, std::initializer_list<column_ref> named, bool only) {
  const model_info& model = info_of(spec);
  for (std::uint32_t i = 0; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    if (op_of(word) == op::project || op_of(word) == op::only_column) {
      throw query_error("only(…) and omit(…) are said once, of a model whose columns are not selected otherwise");
    }
    i += body_of(word) + payload_of(word);
  }
  // In the order of the model, so that the order in which they are named makes no other statement.
  for (std::uint16_t i : model.columns) {
    const field_info& field = model.fields[i];
    const bool is_named = std::any_of(named.begin(), named.end(),
                                      [&](const column_ref& column) { return column.offset == field.offset; });
    if (is_named && !only && field.is(field_key)) {
      throw query_error("omit(…) names " + std::string(model.short_name()) + "::" + field.name +
                        ", which is part of the key: an object is nothing without it");
    }
    if (is_named == only || field.is(field_key)) {
      core.word(make_word(op::only_column, 0, field.offset, model_of(core.shape.data()[0])));
    }
  }
}

}  // namespace tupelo::detail
