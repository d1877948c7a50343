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

void assign_rows(void* relation, loaded_rows* rows) noexcept {
  // All that a relation field adds to its first base are functions and types.
  auto* slot = static_cast<relation_slot*>(relation);
  retain(rows);
  drop(slot->rows_);
  slot->rows_ = rows;
}

const loaded_rows* loaded_rows_of(const void* relation) noexcept {
  return static_cast<const relation_slot*>(relation)->rows_;
}

void assign_rows_of(void* relation, loaded_rows* rows, std::uint8_t model) noexcept {
  assign_rows(relation, rows);
  static_cast<any_slot*>(relation)->model_ = model;
}

std::string relations_like(relation_kind kind, std::string_view related);

void throw_relation_not_loaded(relation_kind kind, const char* type_text) {
  static constexpr const char* names[] = {"relation",   "has_many",     "has_one",
                                          "belongs_to", "many_to_many", "belongs_to_any"};
  const std::string_view related = reflect::type_name(type_text);
  const std::string candidates = relations_like(kind, related);
  std::string message = "the relation tp::";
  message += names[static_cast<std::size_t>(kind)];
  message += '<';
  message += kind == relation_kind::belongs_to_any ? std::string_view("…") : reflect::last_identifier(related);
  message += "> ";
  if (candidates.empty()) {
    message +=
        "is not loaded; reading a relation never runs a query: load it with .with(…) in the query, or later with "
        "load(object, …)";
  } else if (candidates.find(" or ") == std::string::npos) {
    message += candidates + " is not loaded; reading a relation never runs a query: add .with(&" + candidates +
               ") to the query, or co_await load(object, &" + candidates + ") later";
  } else {
    message += "(" + candidates +
               ") is not loaded; reading a relation never runs a query: name it in .with(…) of the "
               "query, or co_await load(object, …) later";
  }
  throw relation_not_loaded(message);
}

}  // namespace tupelo::detail
