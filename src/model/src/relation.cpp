// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/relation.hpp"

#include "tupelo/model/held_rows.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <new>
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

loaded_rows* loaded_rows_of(const void* relation) noexcept {
  return static_cast<const relation_slot*>(relation)->rows_;
}

void assign_rows_of(void* relation, loaded_rows* rows, const model_spec& model) noexcept {
  assign_rows(relation, rows);
  static_cast<any_slot*>(relation)->model_ = &model;
}
const model_spec* model_of_rows(const void* relation) noexcept {
  return static_cast<const any_slot*>(relation)->model_;
}

loaded_rows* no_rows() noexcept {
  static loaded_rows none{.owners = 1, .origin = rows_origin::nothing, .count = 0, .rows = nullptr, .destroy = nullptr};
  return &none;
}

// ---- rows of the program's own

held_rows::held_rows(const row_ops& of) noexcept : ops(&of) {
  origin = rows_origin::held;
  destroy = [](loaded_rows* self) { delete static_cast<held_rows*>(self); };
}

held_rows::~held_rows() {
  ops->destroy(rows, count);
  ::operator delete(rows, std::align_val_t(ops->alignment));
}

void held_rows::reserve(std::size_t wanted) {
  if (wanted <= capacity_) return;
  wanted = std::max(wanted, capacity_ * 2);
  parts.reserve(wanted);
  void* const roomier = ::operator new(wanted * ops->spec->size, std::align_val_t(ops->alignment));
  if (count != 0) ops->relocate(roomier, rows, count);
  ::operator delete(rows, std::align_val_t(ops->alignment));
  rows = roomier;
  capacity_ = wanted;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i]) parts[i]->rows = row(i);
  }
}

void* relation_slot::add_place(const row_ops& ops, void (*copy)(void* to, const void* from, std::size_t count)) {
  if (!rows_ || rows_->origin != rows_origin::held) {
    relation_slot fresh;
    auto* const made = new held_rows(ops);
    fresh.rows_ = made;
    if (rows_ && rows_->count != 0) {
      made->reserve(rows_->count + 1);
      copy(made->rows, rows_->rows, rows_->count);
      made->count = made->stored = rows_->count;
      made->parts.resize(made->count);
    }
    *this = static_cast<relation_slot&&>(fresh);
  }
  auto* const held = static_cast<held_rows*>(rows_);
  held->reserve(held->count + 1);
  held->parts.push_back(nullptr);
  return held->row(held->count++);
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
