// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo::driver::postgres {

/// Why a file that holds secrets is not to be read, for people; empty where it may be: it is a regular file that only
/// its owner (or, where root owns it, the group too: `group_of_root`) can read, or there is none.
std::string exposure_of(const std::string& path, bool group_of_root);

/// The password in the first line of a password file that fits, its `\` undone; empty where none does.
///
/// Lines are `host:port:database:user:password`, `*` fits everything, `\` stands before a `:` or `\` that is meant so,
/// and lines that begin with `#` are comments.
/// Source: PostgreSQL documentation, "The Password File".
std::string password_in(std::string_view file, std::string_view host, std::string_view port, std::string_view database,
                        std::string_view user);

/// The file's bytes; empty where it cannot be read.
std::string read_file(const std::string& path);

}  // namespace tupelo::driver::postgres
