// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The SQLite component: linking tupelo::sqlite is enough to open `sqlite:` URLs; include this to be sure of it.
namespace tupelo::sqlite {

/// Makes `sqlite:` URLs known. Called before main() by every program that links tupelo::sqlite.
void register_component() noexcept;

}  // namespace tupelo::sqlite
