// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/value_fit.hpp"

#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo::detail {

void refuse_number(column_ref column) {
  const model_info& info = info_of(*column.model);
  const int at = info.find_offset(column.offset);
  const std::string name = at >= 0 ? info.fields[static_cast<std::size_t>(at)].column : std::string();
  throw value_error(errc::value_out_of_range,
                    "column \"" + name + "\" is set to a number that its field cannot hold; give the field of " +
                        std::string(info.short_name()) + " a larger type or set another value");
}

}  // namespace tupelo::detail
