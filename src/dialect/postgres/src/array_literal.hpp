// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/ddl.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

struct array_element {
  std::optional<std::string> text;  ///< none: NULL
  std::vector<array_element> row;   ///< of an array of more dimensions, in the place of a text
};

/// The elements of an array as texts: of a JSON array, which is how an array is written for all databases, and of
/// PostgreSQL's own `{a,"b c",NULL}`. Nothing for other texts. `of`: what the elements are; where they are documents, a
/// JSON array inside of the other one is one of them.
std::optional<std::vector<array_element>> array_elements(std::string_view text, type_kind of);

/// `{"a","b c",NULL}`.
std::string array_literal(const std::vector<array_element>& elements);

}  // namespace tupelo::postgres
