// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

std::string no_table(std::string_view table);
/// A DO block.
std::string guarded(const std::vector<std::string>& statements, const std::string& condition);
/// A query that psql runs the result of.
std::string guarded_outside(const std::string& statement, const std::string& condition);

}  // namespace tupelo::postgres
