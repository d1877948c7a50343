// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/diff.hpp>

#include <string_view>

namespace tupelo::cli {

/// `--rename old=new`: `people=users` for a table, `users.mail=users.email` or `users.mail=email` for a column,
/// `plan.basic=plan.free` for a value of an enum.
/// Errors: usage_error for another form, for an old name that the migrations do not have, and for a new one that the
/// models do not have.
rename_hint parse_rename(std::string_view text, const schema_definition& recorded, const schema_definition& wanted);

}  // namespace tupelo::cli
