// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo::postgres {

/// Source: https://www.postgresql.org/docs/current/ddl-priv.html
std::string missing_right(std::string_view message, std::string_view statement);

}  // namespace tupelo::postgres
