// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model_info.hpp"

#include <cstddef>
#include <vector>

namespace tupelo::detail {

/// A model, and which circle of foreign keys it is in; one that is in none has a circle of its own.
struct ordered_model {
  const model_info* info;
  std::size_t circle;
};

/// One model's rows name rows of the other, whether a foreign key says so or not.
struct model_arrow {
  const model_info* from;
  const model_info* to;
};

/// Null: no model that the program knows.
const model_info* known_reference(const foreign_key_info& key);

/// Models so that those which foreign keys and arrows name come first, also those that they name by way of others,
/// which are not among these: rows go with rows that they do not name. Circles follow each other in that order too.
/// Inside of one they are left in the order in which they were met.
std::vector<ordered_model> in_foreign_key_order(const std::vector<const model_info*>& models,
                                                const std::vector<model_arrow>& arrows = {});

}  // namespace tupelo::detail
