// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/field.hpp>

#include <cstdint>
#include <string>
#include <string_view>

// What the server cannot keep is refused before it gets there: it would end the transaction.
// Errors: value_error naming the parameter.
namespace tupelo::driver::postgres {

/// Which parameter a message is about.
struct parameter_place {
  std::string_view column;   ///< may be empty
  std::uint32_t number = 0;  ///< of the placeholder, from 1
  std::uint32_t type = 0;    ///< the server's
};

std::string name_of(const parameter_place& place);
/// value_out_of_range: the type, and what to do instead.
[[noreturn, gnu::cold]] void refuse_range(const parameter_place& place, std::string_view remedy);
[[noreturn, gnu::cold]] void refuse_loss(const parameter_place& place, std::string_view part);
[[noreturn, gnu::cold]] void refuse_calendar(const parameter_place& place);
[[noreturn, gnu::cold]] void refuse_malformed(const parameter_place& place, std::string_view expected);
/// invalid_value: what `measure_array` has found.
[[noreturn, gnu::cold]] void refuse_rows(const parameter_place& place, std::string_view problem);
[[noreturn, gnu::cold]] void refuse_text(const parameter_place& place, std::string_view text);

inline void require_text(const parameter_place& place, std::string_view text) {
  if (!is_valid_text(text)) [[unlikely]]
    refuse_text(place, text);
}

}  // namespace tupelo::driver::postgres
