// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tupelo::postgres {

/// Whether a script may change what outlives it and its transaction: SET, LISTEN, temporary tables, held cursors,
/// advisory locks … Rather says so once too often: the words are looked for without parsing. What the functions do that
/// it calls is not known, save those that exist for it.
bool changes_session(std::string_view script) noexcept;

}  // namespace tupelo::postgres
