// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/mixins.hpp"

namespace tupelo {

void timestamps::mixin(tupelo::mixin<timestamps>& m) { m.timestamps(&timestamps::created_at, &timestamps::updated_at); }
void soft_deletes::mixin(tupelo::mixin<soft_deletes>& m) { m.soft_delete(&soft_deletes::deleted_at); }
void uuid_key::mixin(tupelo::mixin<uuid_key>& m) { m.primary_key(&uuid_key::id); }

}  // namespace tupelo
