// SPDX-License-Identifier: Apache-2.0
#include "row_part.hpp"

#include <new>

namespace tupelo::detail {

namespace {

void* row_at(const loaded_rows& rows, const model_spec& model, std::size_t row) noexcept {
  return static_cast<char*>(rows.rows) + row * model.size;
}

}  // namespace

row_share* row_share::of(loaded_rows* rows) { return new row_share(rows); }

void row_share::release() noexcept {
  if (--users_ == 0) delete this;
}

/// Parts stand behind it, each with room for its snapshot.
struct alignas(row_part) row_part::block {
  std::size_t users;  ///< parts, and the room while more are made

  void release() noexcept {
    if (--users == 0) ::operator delete(this);
  }
};

row_part::row_part(block& in, row_share& of, const model_spec& model, std::size_t row)
    : tracked_object(model, row_at(*of.rows(), model, row), &end, reinterpret_cast<std::uint64_t*>(this + 1)),
      whole(&of),
      in_(&in) {
  ++in.users;
  whole->use();
  if (held_rows* const held = whole->held()) held->parts[row] = this;
}

std::size_t row_part::place() const noexcept {
  const auto distance = static_cast<char*>(rows) - static_cast<char*>(whole->rows()->rows);
  return static_cast<std::size_t>(distance) / spec->size;
}

void row_part::move_to(row_share& of, std::size_t row) {
  of.use();
  if (held_rows* const held = whole->held()) held->parts[place()] = nullptr;
  whole->release();
  whole = &of;
  rows = row_at(*of.rows(), *spec, row);
  if (held_rows* const held = whole->held()) held->parts[row] = this;
}

void row_part::end(loaded_rows* self) {
  auto* const part = static_cast<row_part*>(self);
  row_share* const whole = part->whole;
  block* const in = part->in_;
  if (held_rows* const held = whole->held()) held->parts[part->place()] = nullptr;
  part->~row_part();
  in->release();
  whole->release();
}

std::size_t row_part::room::size_of_part(const model_spec& model) noexcept {
  return sizeof(row_part) + row_words::room_for(model.size) * sizeof(std::uint64_t);
}

row_part::room::room(const model_spec& model, std::size_t parts)
    : model_(&model), block_(::new(::operator new(sizeof(block) + parts * size_of_part(model))) block{1}) {}
row_part::room::~room() { block_->release(); }

row_part* row_part::room::make(row_share& of, std::size_t row) {
  char* const place = reinterpret_cast<char*>(block_ + 1) + made_++ * size_of_part(*model_);
  return ::new (static_cast<void*>(place)) row_part(*block_, of, *model_, row);
}

void row_part::set_fate(tracked_object* object, held_rows::fate fate) {
  row_part* const part = from(object);
  held_rows* const held = part != nullptr ? part->whole->held() : nullptr;
  if (held == nullptr) return;
  const std::size_t row = part->place();
  if (row < held->stored) return;
  if (row >= held->fates.size()) held->fates.resize(held->all());
  held->fates[row] = fate;
}

row_share& share_of(held_rows& held) {
  for (loaded_rows* each : held.parts) {
    if (each != nullptr) return *static_cast<row_part*>(each)->whole;
  }
  return *row_share::of(&held);
}

}  // namespace tupelo::detail
