// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tupelo::cli {

/// Errors: configuration_error (invalid_configuration) naming the file and what the system says.
std::string read_text(const std::filesystem::path& file);
/// Writes a file that must not exist yet; its folder is made where it is missing. What was written half is removed.
/// Errors: as read_text.
void write_new_text(const std::filesystem::path& file, std::string_view text);
/// The same, and what was there is there until the new text is whole. Errors: as read_text.
void replace_text(const std::filesystem::path& file, std::string_view text);

}  // namespace tupelo::cli
