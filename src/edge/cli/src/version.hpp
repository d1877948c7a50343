// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tupelo::cli {

/// "0.1.0"
inline constexpr const char* version_text = TUPELO_VERSION;
/// The program name of the compiler that built Tupelo: what a new project is set to, because coroutines need a sound
/// one.
inline constexpr const char* compiler_text = TUPELO_COMPILER;

}  // namespace tupelo::cli
