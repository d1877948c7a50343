// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// The statements of a script, without the semicolons between them and without what is only comment. Semicolons in
/// texts, quoted identifiers, comments, dollar quotes and the bodies of triggers and functions end nothing. Whatever
/// the text is, the statements are parts of it, in order; what is not closed ends with it.
std::vector<std::string_view> split_statements(std::string_view script);

/// Behind the comment, text or quoted name that begins at this place, in which a semicolon ends nothing; the same place
/// where none begins.
std::size_t behind_opaque(std::string_view sql, std::size_t at);

/// The comment that the text begins with; empty where it begins with something else.
std::string_view leading_comment(std::string_view text);

/// The statement without the comments that stand before it.
std::string_view without_leading_comments(std::string_view statement);

/// The statement with the content of its dollar quotes left out.
std::string without_dollar_quotes(std::string_view statement);

}  // namespace tupelo
