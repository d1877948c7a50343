// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The PostgreSQL component: linking tupelo::postgres is enough to open `postgresql:` URLs; include this to be sure of
/// it.
namespace tupelo::postgres {

/// Makes `postgresql:` and `postgres:` URLs known. Called before main() by every program that links tupelo::postgres.
void register_component() noexcept;

}  // namespace tupelo::postgres
