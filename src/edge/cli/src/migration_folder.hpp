// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

/// A file of the migrations folder and the revision that it registers.
struct migration_file {
  std::filesystem::path path;
  std::string revision;
};

/// The revision in `TUPELO_MIGRATION("…"`; empty when the text registers none.
std::string revision_in(std::string_view source);

/// The revision in the name of a file like `<revision>.up.sql`; empty for every other name.
std::string revision_in_name(const std::filesystem::path& file);

/// Every .cpp file of the folder that registers a migration, and every .sql file of one that goes up, by name. A folder
/// that is not there has none. Errors: configuration_error for a file that cannot be read.
std::vector<migration_file> migration_files(const std::filesystem::path& folder);

/// Those that the running program was built without.
std::vector<migration_file> not_compiled_in(const std::filesystem::path& folder, const history& linked);

}  // namespace tupelo::cli
