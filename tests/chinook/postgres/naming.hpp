// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/model/model.hpp>
#include <tupelo/model/model_info.hpp>

#include <cstdint>
#include <string>

namespace tupelo::chinook {

using integer = std::int32_t;

inline std::string name_there(const std::string& name) { return snake_case(name); }
inline std::string index_name(const std::string& of) { return snake_case(of) + "_idx"; }

/// Tables are called in the singular, and the script gives the keys.
template <class Model>
tupelo::model<Model>& call_as_there(tupelo::model<Model>& m, const std::string& name) {
  m.table(snake_case(name)).key_not_generated();
  return m;
}
/// The script's moments know no time zone, which Tupelo's own timestamps do.
inline void as_local_time(column_builder column) { column.native_type("timestamp"); }

inline std::string year_by_hand(const std::string& column) { return "EXTRACT(YEAR FROM " + column + ")"; }
inline std::string month_by_hand(const std::string& column) { return "EXTRACT(MONTH FROM " + column + ")"; }

}  // namespace tupelo::chinook
