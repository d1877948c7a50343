// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/model/model_info.hpp>
#include <tupelo/model/shape.hpp>

#include <string>
#include <string_view>

namespace tupelo {

/// A condition over one table's columns as neutral SQL with its values in it, for checks and partial indexes.
/// Errors: model_error naming `user` for what such a condition cannot hold: a query, an aggregate, a column of another
/// table.
std::string expression_text(const expression& condition, const model_info& of, std::string_view user);

}  // namespace tupelo
