// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/relation.hpp"

#include "tupelo/model/held_rows.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  for (loaded_rows* each : originals) drop(each);
  ops->destroy(rows, all());
  ::operator delete(rows, std::align_val_t(ops->alignment));
}

void held_rows::reserve(std::size_t wanted) {
  if (wanted <= capacity_) return;
  constexpr std::size_t few = 4;
  wanted = std::max({wanted, capacity_ * 2, few});
  parts.reserve(wanted);
  void* const roomier = ::operator new(wanted * ops->spec->size, std::align_val_t(ops->alignment));
  if (all() != 0) ops->relocate(roomier, rows, all());
  ::operator delete(rows, std::align_val_t(ops->alignment));
  rows = roomier;
  capacity_ = wanted;
  tell_places(0);
}

void held_rows::tell_places(std::size_t from) noexcept {
  for (std::size_t i = from; i < parts.size(); ++i) {
    if (parts[i]) parts[i]->rows = row(i);
  }
  for (std::size_t i = from; i < places.size(); ++i) {
    if (places[i]) *places[i] = row(i);
  }
}

void held_rows::complete_lists() {
  for (std::size_t i = ties.size(); i < all(); ++i) ties.push_back(tie_of(i));
  originals.resize(all());
  copied.resize(all());
  places.resize(all());
  fates.resize(all());
}

void held_rows::set_original(loaded_rows* object, std::vector<std::uint64_t> values) {
  complete_lists();
  retain(object);
  originals[count - 1] = object;
  copied[count - 1] = std::move(values);
  fates[count - 1] = fate::taken;
}

bool held_rows::has_loose_ties() const noexcept {
  for (std::size_t i = 0; i < all(); ++i) {
    if (tie_of(i) == 0) return true;
  }
  return false;
}

void held_rows::move_behind(std::size_t at) {
  const std::size_t last = all() - 1;
  void* const aside = ::operator new(ops->spec->size, std::align_val_t(ops->alignment));
  ops->relocate(aside, row(at), 1);
  for (std::size_t i = at; i != last; ++i) ops->relocate(row(i), row(i + 1), 1);
  ops->relocate(row(last), aside, 1);
  ::operator delete(aside, std::align_val_t(ops->alignment));
  complete_lists();
  const auto to_end = [at](auto& list) {
    const auto first = list.begin() + static_cast<std::ptrdiff_t>(at);
    std::rotate(first, first + 1, list.end());
  };
  to_end(fates);
  to_end(parts);
  to_end(places);
  to_end(originals);
  to_end(copied);
  to_end(ties);
  tell_places(at);
}

void held_rows::pop() {
  ops->destroy(row(all() - 1), 1);
  parts.pop_back();
  if (fates.size() == all()) fates.pop_back();
  if (places.size() == all()) places.pop_back();
  if (ties.size() == all()) ties.pop_back();
  if (originals.size() == all()) {
    drop(originals.back());
    originals.pop_back();
    copied.pop_back();
  }
  if (removed != 0) {
    --removed;
  } else {
    --count;
  }
}

held_rows& relation_slot::own_rows(const row_ops& ops, row_copy copy, std::size_t more) {
  if (!rows_ || rows_->origin != rows_origin::held) {
    relation_slot fresh;
    auto* const made = new held_rows(ops);
    fresh.rows_ = made;
    if (rows_ && rows_->count != 0) {
      made->reserve(rows_->count + more);
      copy(made->rows, rows_->rows, rows_->count);
      made->count = made->stored = rows_->count;
      made->parts.resize(made->count);
      if (rows_->origin == rows_origin::tracked) {
        made->complete_lists();
        retain(rows_);
        made->originals[0] = rows_;
      }
    }
    *this = static_cast<relation_slot&&>(fresh);
  }
  return *static_cast<held_rows*>(rows_);
}

void* relation_slot::add_place(const row_ops& ops, row_copy copy) { return own_rows(ops, copy, 1).add_place(); }

void* held_rows::add_place() {
  reserve(all() + 1);
  // What was taken out stays behind all others.
  for (std::size_t i = all(); i != count; --i) ops->relocate(row(i), row(i - 1), 1);
  const auto here = static_cast<std::ptrdiff_t>(count);
  parts.insert(parts.begin() + here, nullptr);
  if (fates.size() > count) fates.insert(fates.begin() + here, fate::fresh);
  if (places.size() > count) places.insert(places.begin() + here, nullptr);
  if (originals.size() > count) originals.insert(originals.begin() + here, nullptr);
  if (copied.size() > count) copied.emplace(copied.begin() + here);  // {} would be a list of none
  if (ties.size() > count) ties.insert(ties.begin() + here, 0);
  tell_places(count + 1);
  return row(count++);
}

void relation_slot::take_out(const void* row, const row_ops& ops, row_copy copy) {
  const auto first = reinterpret_cast<std::uintptr_t>(rows_->rows);
  const auto at = reinterpret_cast<std::uintptr_t>(row);
  const std::size_t size = ops.spec->size;
  const std::size_t position = (at - first) / size;
  if (at < first || position >= rows_->count || first + position * size != at) {
    throw query_error("remove() takes one of the objects that the relation itself holds: relation.remove(relation[0])");
  }
  held_rows& held = own_rows(ops, copy, 0);
  const bool stored = position < held.stored;
  const bool tied = held.tie_of(position) != 0;
  held.fates.resize(held.all());
  if (stored) held.fates[position] = held_rows::fate::taken;
  held.move_behind(position);
  held.ties.back() = tied ? 0 : 1;  // what was never connected is not to be parted
  // A copy that was never connected is nobody any more.
  if (!tied && !held.copied.back().empty()) drop(std::exchange(held.originals.back(), nullptr));
  if (stored) --held.stored;
  --held.count;
  ++held.removed;
  // What no session has been given leaves nothing to be done.
  if (held.parts.back() == nullptr && held.fates.back() != held_rows::fate::taken) held.pop();
}

/// `Model::field` of each relation of the kind with these rows.
std::vector<std::string> relations_like(relation_kind kind, const type_key& related);

namespace {

std::string_view name_of(relation_kind kind) noexcept {
  static constexpr std::string_view names[] = {"relation",   "has_many",     "has_one",
                                               "belongs_to", "many_to_many", "belongs_to_any"};
  return names[static_cast<std::size_t>(kind)];
}

std::string text_of(relation_kind kind, const std::string_view related) {
  const bool any = kind == relation_kind::belongs_to_any;
  return "the relation tp::" + std::string(name_of(kind)) + "<" +
         std::string(any ? std::string_view("…") : reflect::last_identifier(related)) + ">";
}

}  // namespace

void throw_relation_not_loaded(relation_kind kind, const type_key& related) {
  std::string candidates, verbs;
  for (const std::string& each : relations_like(kind, related)) {
    candidates.append(candidates.empty() ? "" : " or ").append(each);
    verbs.append(verbs.empty() ? "" : " or ").append(".with(&").append(each).append(")");
  }
  if (candidates.find(' ') != std::string::npos) candidates = '(' + candidates + ')';
  std::string message = text_of(kind, related.name()) + " ";
  if (verbs.empty()) {
    message +=
        "is not loaded; reading a relation never runs a query: load it with .with(…) in the query, or later with "
        "load(object, …)";
  } else {
    message += candidates + " is not loaded; reading a relation never runs a query: add " + verbs +
               " to the query, or load it later with co_await load(object, …)";
  }
  throw relation_not_loaded(message);
}

void throw_join_rows_not_loaded(const char* type_text) {
  const std::string_view model = reflect::last_identifier(reflect::type_name(type_text));
  throw relation_not_loaded("the rows of " + std::string(model) +
                            " that connect these objects are not there: they are read with the relation, and end when "
                            "the program adds objects to it or takes some out; load it again after the flush");
}

void throw_beyond_related(relation_kind kind, const char* type_text) {
  const std::string_view related = reflect::last_identifier(reflect::type_name(type_text));
  throw std::out_of_range("the relation tp::" + std::string(name_of(kind)) + "<" + std::string(related) +
                          "> holds fewer objects than that: look at size() before an object is asked for by its place");
}

void throw_no_related(relation_kind kind, const type_key& related) {
  // A field does not know its name: those that it may have.
  std::string candidates;
  for (const std::string& each : relations_like(kind, related)) candidates += (candidates.empty() ? "" : " or ") + each;
  if (!candidates.empty()) candidates = " (" + candidates + ")";
  throw std::out_of_range(text_of(kind, related.name()) + candidates +
                          " is loaded, and there is no such object: ask get(), which is null then, before * and ->");
}

}  // namespace tupelo::detail
