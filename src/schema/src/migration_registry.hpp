// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/schema/sql_migration.hpp"

#include <vector>

namespace tupelo::detail {

/// Migrations in SQL that are part of the program; they are read when somebody asks for migrations, so that a mistake
/// in one is thrown where it can be caught.
void register_sql_files(std::vector<sql_file> files);

}  // namespace tupelo::detail
