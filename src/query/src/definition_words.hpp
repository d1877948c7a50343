// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <cstddef>
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
/// The longest beginning of at most `size` bytes that does not cut a UTF-8 sequence.
std::string_view beginning(std::string_view text, std::size_t size) noexcept;

}  // namespace tupelo::detail
