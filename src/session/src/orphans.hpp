// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

namespace tupelo {

/// Whether a reference of the object names somebody else than this owner by the columns of the relation.
bool is_given_to_another(const model_info& info, detail::tracked_object* object, const relation_info& relation,
                         const void* owner);

/// The same, or that it names nobody.
bool is_given_away(const model_info& info, detail::tracked_object* object, const relation_info& relation,
                   const void* owner);

}  // namespace tupelo
