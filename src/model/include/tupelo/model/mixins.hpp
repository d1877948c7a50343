// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <optional>

/// Groups of fields that many models have; make your own in the same way.
namespace tupelo {

/// When the row was made and last changed, set by sessions and verbs: `tp::timestamps times;`
struct timestamps {
  timestamp created_at{}, updated_at{};
  static void mixin(tupelo::mixin<timestamps>& m);
};

/// Removed rows are marked rather than deleted: `tp::soft_deletes deletion;`
struct soft_deletes {
  std::optional<timestamp> deleted_at;
  static void mixin(tupelo::mixin<soft_deletes>& m);
};

/// A key that the program makes (version 7): `tp::uuid_key key;` is column `id`.
struct uuid_key {
  uuid id{};
  static void mixin(tupelo::mixin<uuid_key>& m);
};

}  // namespace tupelo
