// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/database_options.hpp"
#include "tupelo/driver/url.hpp"

namespace tupelo {

/// Takes out of the URL what it says about the pool, so that drivers see their own options only.
/// Errors: configuration_error (invalid_configuration), which names the option.
void take_url_options(driver::url& from, database_options& options);

}  // namespace tupelo
