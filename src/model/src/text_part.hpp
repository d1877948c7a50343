// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tupelo::detail {

/// One part of a range's or a composite's text, up to a comma or one of `closing`, which `at` then stands on. Without
/// anything in it, not even quotes, it is not `present`. False for text that ends before.
/// Source: https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX
bool take_part(std::string_view text, std::string_view closing, std::size_t& at, std::string& out, bool& present);

/// The range at the beginning of the text; empty where there is none.
std::string_view leading_range(std::string_view text);

}  // namespace tupelo::detail
