// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tupelo {

struct model_info;

/// Which of two source files has used its models first: each order has models of its own.
enum class first_use { here, elsewhere };

/// The models of one of the files, whose names the other one's have too, and what is particular to their file.
struct same_named {
  const model_info *shelf, *crate, *label, *shelf_label;
  std::string (*json)();        ///< of a shelf that holds a crate
  std::string (*not_loaded)();  ///< what reading a relation that nothing has loaded throws
};
/// Those of same_names_elsewhere_test.cpp.
same_named use_elsewhere(first_use order);

}  // namespace tupelo
