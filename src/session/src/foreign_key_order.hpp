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

/// Models so that those which foreign keys and arrows name come first; circles follow each other in that order too.
/// Inside of one they are left in the order in which they were met.
std::vector<ordered_model> in_foreign_key_order(const std::vector<const model_info*>& models,
                                                const std::vector<model_arrow>& arrows = {});

}  // namespace tupelo::detail
