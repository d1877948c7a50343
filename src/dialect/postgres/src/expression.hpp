// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace tupelo::postgres {

/// One spelling of all that mean the same condition or value: casts and parentheses are gone, `x = ANY (ARRAY[…])` is
/// `x IN (…)`, `~~` is LIKE, numbers and moments are written one way. For comparing, not for running.
std::string canonical_expression(std::string_view sql);
/// The same for the default of a column of this type; empty where there is none, or NULL.
std::string canonical_default(const std::optional<std::string>& sql, const column_type& type);
/// A type in one spelling: lower case, one blank between words.
std::string canonical_type(std::string_view type);

/// Whether the text is a moment as core writes it, without a time zone.
bool is_plain_timestamp(std::string_view text) noexcept;

}  // namespace tupelo::postgres
