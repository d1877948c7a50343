// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <vector>

namespace tupelo::postgres {

// What is built without holding up those who write, outside of any transaction. A build that fails leaves an index that
// is kept up and used by nobody: it goes before the next attempt.

ddl_statement clear_failed_build(const std::string& index);

/// A unique index, and the constraint that takes it over under its name. An attempt that was stopped between the two
/// has left an index that is as good as none: it goes, too.
std::vector<ddl_statement> add_unique_concurrently(const ddl::add_unique& add);

}  // namespace tupelo::postgres
