// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/diff.hpp>
#include <tupelo/model/model_info.hpp>
#include <tupelo/model/model_spec.hpp>

#include <vector>

namespace tupelo {

/// The schema that models ask for, and what they say was renamed.
struct model_schema {
  schema_definition schema;
  std::vector<rename_hint> renames;
};

/// Errors: model_error naming struct and field for what cannot be a table, for a relation that could not be loaded, and
/// for two models of one table.
model_schema schema_of(const std::vector<const model_info*>& models);
template <class... Models>
model_schema schema_of() {
  register_models<Models...>();
  return schema_of({&info_of<Models>()...});
}

}  // namespace tupelo
