// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/task.hpp"

namespace tupelo::detail {

/// Nobody else who asks for it gets past here until the transaction ends; rows that name this one may still come.
/// Nothing where a transaction that writes has the database for itself.
task<void> lock_owner(query_source& source, const model_info& info, const void* owner);

}  // namespace tupelo::detail
