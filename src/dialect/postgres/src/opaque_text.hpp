// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace tupelo::postgres {

bool is_digit(char c) noexcept;
/// Letters, digits, underscores, and every byte beyond ASCII.
bool is_word(char c) noexcept;
/// Behind the literal (also `$tag$ … $tag$`), the quoted identifier or the comment that begins at `at`; `at` itself
/// where none begins. Source: PostgreSQL documentation, "Lexical Structure".
std::size_t behind_opaque(std::string_view sql, std::size_t at) noexcept;

}  // namespace tupelo::postgres
