// SPDX-License-Identifier: Apache-2.0
#include "value_checks.hpp"

#include "server_type.hpp"

#include <tupelo/core/error.hpp>

namespace tupelo::driver::postgres {

std::string name_of(const parameter_place& place) {
  if (place.column.empty()) return "parameter $" + std::to_string(place.number);
  return "column \"" + std::string(place.column) + "\"";
}

void refuse_range(const parameter_place& place, std::string_view remedy) {
  std::string message = name_of(place) + ": the value does not fit PostgreSQL's " + name_of_server_type(place.type);
  throw value_error(errc::value_out_of_range, message.append("; ").append(remedy));
}

void refuse_loss(const parameter_place& place, std::string_view part) {
  std::string message = name_of(place) + ": the value has ";
  message.append(part).append(", which PostgreSQL's ").append(name_of_server_type(place.type));
  throw value_error(message.append(" would lose; take it away, or give the column a wider type"));
}

void refuse_calendar(const parameter_place& place) {
  throw value_error(errc::value_out_of_range, name_of(place) + ": the time lies outside the years 0001 to 9999");
}

void refuse_malformed(const parameter_place& place, std::string_view expected) {
  throw value_error(name_of(place).append(": the value is no ").append(expected));
}

void refuse_rows(const parameter_place& place, std::string_view problem) {
  throw value_error(errc::invalid_value, name_of(place).append(": the value is ").append(problem));
}

void refuse_text(const parameter_place& place, std::string_view text) {
  check_text(text, name_of(place));
  __builtin_unreachable();  // it was refused before, so it is refused again
}

}  // namespace tupelo::driver::postgres
