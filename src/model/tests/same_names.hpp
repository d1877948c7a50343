// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

#include <string>

namespace tupelo {

/// Which of two source files has used its models first: each order has models of its own.
enum class first_use { here, elsewhere };

/// The models of one of the files, whose names the other one's have too, and what is particular to their file.
struct same_named {
  const model_info *shelf, *crate, *label, *shelf_label;
  std::string (*json)();        ///< of a shelf that holds a crate
  std::string (*not_loaded)();  ///< what reading a relation that nothing has loaded throws
};
template <class Shelf, auto Relation>
std::string refusal_of_unread() {
  try {
    static_cast<void>((Shelf().*Relation).size());
  } catch (const relation_not_loaded& unread) {
    return unread.what();
  }
  return {};
}
/// Uses the models of the file that asks; `Relation`: of its shelves.
template <class Goods, auto Relation>
same_named use_models(std::string (*json)()) {
  return {&info_of<typename Goods::Shelf>(),
          &info_of<typename Goods::Crate>(),
          &info_of<typename Goods::Label>(),
          &info_of<typename Goods::ShelfLabel>(),
          json,
          &refusal_of_unread<typename Goods::Shelf, Relation>};
}
/// Those of same_names_elsewhere_test.cpp.
same_named use_elsewhere(first_use order);

}  // namespace tupelo
