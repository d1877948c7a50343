// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/model/model.hpp>

#include <cstdint>
#include <string>

namespace tupelo::chinook {

using integer = std::int64_t;

inline std::string name_there(const std::string& name) { return name; }
inline std::string index_name(const std::string& of) { return "IFK_" + of; }

template <class Model>
tupelo::model<Model>& call_as_there(tupelo::model<Model>& m, const std::string&) {
  m.names_as_written();
  return m;
}
inline void as_local_time(const column_builder&) {}

inline std::string year_by_hand(const std::string& column) { return "CAST(strftime('%Y', " + column + ") AS INTEGER)"; }
inline std::string month_by_hand(const std::string& column) {
  return "CAST(strftime('%m', " + column + ") AS INTEGER)";
}

}  // namespace tupelo::chinook
