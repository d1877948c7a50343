// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/relation.hpp"

#include "tupelo/core/error.hpp"

#include <string>

namespace tupelo::detail {

void retain(loaded_rows* rows) noexcept {
  if (rows) __atomic_add_fetch(&rows->owners, 1, __ATOMIC_RELAXED);
}
void drop(loaded_rows* rows) noexcept {
  if (rows && __atomic_sub_fetch(&rows->owners, 1, __ATOMIC_ACQ_REL) == 0) rows->destroy(rows);
}

void throw_relation_not_loaded(relation_kind kind, const char* type_text) {
  static constexpr const char* names[] = {"relation", "has_many", "has_one", "belongs_to", "many_to_many"};
  std::string message = "the relation tp::";
  message += names[static_cast<std::size_t>(kind)];
  message += '<';
  message += reflect::last_identifier(reflect::type_name(type_text));
  message += "> is not loaded; reading a relation never runs a query: load it first, or ask for its rows with a query "
             "of their own";
  throw relation_not_loaded(message);
}

}  // namespace tupelo::detail
