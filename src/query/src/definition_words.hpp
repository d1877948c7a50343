// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::detail {

/// "a, b"
std::string joined(const std::vector<std::string>& names);
/// What an index sorts by: "a, b desc nulls last".
std::string joined(const std::vector<index_column>& columns);
/// In double quotes, on one line.
std::string quoted(std::string_view text);

}  // namespace tupelo::detail
