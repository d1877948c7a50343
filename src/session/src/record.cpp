// SPDX-License-Identifier: Apache-2.0
#include "tupelo/record.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo::detail {

saving how_to_save(const model_info& info, const void* object) {
  require_table(info);
  if (info.key.size() != 1) return saving::upsert;
  const field_info& key = info.fields[info.key[0]];
  if (!key.is(field_generated) && !key.is(field_client_uuid)) return saving::upsert;
  return has_empty_key(info, object) ? saving::insert : saving::update;
}

conflict_clause conflict_with_key(const model_info& info) {
  conflict_clause clause;
  for (const std::uint16_t i : info.key) clause.target({info.spec, info.fields[i].offset});
  return static_cast<conflict_clause&&>(clause).update_all();
}

void throw_row_is_gone(const model_info& info) {
  throw not_found("refresh(): the row of this object in \"" + info.table + "\" is gone");
}

}  // namespace tupelo::detail
