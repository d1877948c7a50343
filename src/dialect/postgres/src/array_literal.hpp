// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

/// The elements of an array of one dimension as texts, NULL among them: of a JSON array, which is how an array is
/// written for all databases, and of PostgreSQL's own `{a,"b c",NULL}`. Nothing for other texts.
std::optional<std::vector<std::optional<std::string>>> array_elements(std::string_view text);

/// `{"a","b c",NULL}`.
std::string array_literal(const std::vector<std::optional<std::string>>& elements);

}  // namespace tupelo::postgres
