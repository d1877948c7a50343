// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/query/relation_path.hpp"

#include <type_traits>
#include <vector>

/// Loading relations of objects that are there already.
namespace tupelo::detail {

/// Loads the relations of objects of one model. They outlive the task; none is changed before all rows are there.
task<void> load_relations(query_source* source, load_list loads, std::vector<void*> objects);
/// Whether somebody is to be told that the rows of this SELECT, which are read with values behind them, were loaded.
bool tells_loaded_beside(const query_source& source, const query_core& core);
task<void> tell_loaded(query_source* source, const model_spec& spec, std::vector<void*> objects);

template <class Model>
struct objects_of {
  template <class Object>
  static constexpr bool is_model_itself = std::is_same_v<std::remove_cvref_t<Object>, Model>;

  /// Appends the addresses of one object, a ref, a pointer or a range of these.
  template <class Objects>
  static void add(std::vector<void*>& found, Objects& objects) {
    if constexpr (std::is_same_v<Objects, Model>) {
      found.push_back(__builtin_addressof(objects));
    } else if constexpr (requires { objects.tracked(); }) {
      if (objects) add(found, *objects);
    } else if constexpr (std::is_pointer_v<Objects>) {
      if (objects) add(found, *objects);
    } else if constexpr (requires { objects.begin() != objects.end(); }) {
      for (auto& object : objects) add(found, object);
    } else {
      static_assert(is_model_itself<Objects> && !std::is_const_v<Objects>,
                    "tupelo: load(): objects, refs and ranges of them, of the model whose relation is named; they are "
                    "changed, so that they cannot be const");
    }
  }
};

}  // namespace tupelo::detail
