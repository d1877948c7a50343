// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/core/statement.hpp"

#include <cstdint>
#include <string>

namespace tupelo {

/// The statement with its values in the places of the placeholders, to be read and to be pasted into the database's own
/// shell. Not for running: a program binds values. Before: `values` are those of the plan's query. Placeholders of
/// objects' fields stay.
std::string inlined_text(const dialect& target, const statement_plan& plan, const std::uint64_t* values);

}  // namespace tupelo
