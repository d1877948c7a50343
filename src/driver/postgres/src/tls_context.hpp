// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/postgres/postgres_settings.hpp>

#include <memory>

struct ssl_ctx_st;

namespace tupelo::driver::postgres {

/// What TLS needs to know for one database: certificates, keys, versions, how much is verified. Made once and shared by
/// its connections.
///
/// Errors: configuration_error (invalid_configuration) naming the file that cannot be used and why.
std::shared_ptr<ssl_ctx_st> make_tls_context(const postgres_settings& settings);

}  // namespace tupelo::driver::postgres
