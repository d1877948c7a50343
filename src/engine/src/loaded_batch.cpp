// SPDX-License-Identifier: Apache-2.0
#include "loaded_batch.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace tupelo::detail {

// ---- row_memory

row_memory::row_memory(const row_ops& ops, std::size_t join_keys, const row_ops* pivot) noexcept
    : ops_(&ops), pivot_ops_(pivot), stride_(ops.spec->size), alignment_(ops.alignment) {
  if (join_keys == 0) return;
  join_keys_ = join_keys;
  join_key_ = join_key_offset(info_of(*ops.spec));
  alignment_ = std::max(alignment_, alignof(join_key));
  std::size_t end = join_key_ + join_keys * sizeof(join_key);
  if (pivot != nullptr) {
    pivot_ = pivot_offset(info_of(*ops.spec), join_keys, pivot->alignment);
    alignment_ = std::max<std::size_t>(alignment_, pivot->alignment);
    end = pivot_ + pivot->spec->size;
  }
  stride_ = (end + alignment_ - 1) / alignment_ * alignment_;
}

row_memory::row_memory(row_memory&& other) noexcept
    : ops_(other.ops_),
      pivot_ops_(other.pivot_ops_),
      stride_(other.stride_),
      join_key_(other.join_key_),
      join_keys_(other.join_keys_),
      pivot_(other.pivot_),
      alignment_(other.alignment_),
      memory_(std::exchange(other.memory_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

row_memory::~row_memory() {
  end_rows();
  ::operator delete(memory_, std::align_val_t(alignment_));
}

void row_memory::end_rows() noexcept {
  if (!join_key_) return ops_->destroy(memory_, size_);
  for (std::size_t i = 0; i < size_; ++i) {
    ops_->destroy(at(i), 1);
    std::destroy_n(keys_at(i), join_keys_);
    if (pivot_) pivot_ops_->destroy(pivot_at(i), 1);
  }
}

void row_memory::reserve(std::size_t rows) {
  if (rows <= capacity_) return;
  void* const roomier = ::operator new(rows * stride_, std::align_val_t(alignment_));
  if (!join_key_) {
    ops_->relocate(roomier, memory_, size_);
  } else {
    for (std::size_t i = 0; i < size_; ++i) {
      char* const place = static_cast<char*>(roomier) + i * stride_;
      ops_->relocate(place, at(i), 1);
      join_key* const keys = keys_at(i);
      std::uninitialized_move_n(keys, join_keys_, reinterpret_cast<join_key*>(place + join_key_));
      std::destroy_n(keys, join_keys_);
      if (pivot_) pivot_ops_->relocate(place + pivot_, pivot_at(i), 1);
    }
  }
  ::operator delete(memory_, std::align_val_t(alignment_));
  memory_ = roomier;
  capacity_ = rows;
}

void* row_memory::add() {
  if (size_ == capacity_) reserve(capacity_ ? capacity_ * 2 : 16);
  void* const row = at(size_);
  ops_->construct(row);
  if (join_key_) std::uninitialized_value_construct_n(keys_at(size_), join_keys_);
  if (pivot_) pivot_ops_->construct(pivot_at(size_));
  ++size_;
  return row;
}

void row_memory::end_untaken(const std::vector<std::uint32_t>& whose) noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    if (whose[i] == key_index::none) ops_->destroy(at(i), 1);
    if (join_key_) std::destroy_n(keys_at(i), join_keys_);
    if (pivot_) pivot_ops_->destroy(pivot_at(i), 1);
  }
  size_ = 0;
}

void row_memory::take(row_memory& other, std::size_t row) noexcept {
  ops_->relocate(at(size_), other.at(row), 1);
  ++size_;
}

void row_memory::take_pivot(row_memory& other, std::size_t row) noexcept {
  void* const from = other.pivot_at(row);
  ops_->relocate(at(size_), from, 1);
  ops_->construct(from);
  ++size_;
}

// ---- loaded_batch

loaded_batch::loaded_batch(row_memory rows, const std::vector<std::uint32_t>& begins,
                           const std::vector<std::uint32_t>& counts, std::optional<row_memory> pivots)
    : rows_(std::move(rows)), pivots_(std::move(pivots)), parts_(counts.size() + 1), living_(counts.size() + 1) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    part& slice = parts_[i];
    slice.batch = this;
    slice.destroy = &end_part;
    if (i == counts.size()) continue;
    slice.count = counts[i];
    slice.rows = rows_.at(begins[i]);
    if (pivots_) slice.joined = pivots_->at(begins[i]);
  }
}

loaded_rows* loaded_batch::slice(std::uint32_t key) noexcept {
  return key == key_index::none ? &parts_.back() : &parts_[key];
}

void loaded_batch::end_part(loaded_rows* ended) {
  loaded_batch* const batch = static_cast<part*>(ended)->batch;
  if (__atomic_sub_fetch(&batch->living_, 1, __ATOMIC_ACQ_REL) == 0) delete batch;
}

void loaded_batch::release() noexcept {
  // parts_ itself ends with the last of them.
  const std::size_t count = parts_.size();
  part* const first = parts_.data();
  for (std::size_t i = 0; i < count; ++i) drop(first + i);
}

// ---- row_collector

namespace {

std::vector<field_slot> related_slots(const relation_keys& keys) {
  std::vector<field_slot> slots;
  for (std::size_t part = 0; part < keys.join_keys(); ++part) slots.push_back(join_key_slot(keys, part));
  if (keys.has_join_key()) return slots;
  for (const relation_keys::pair& pair : keys.pairs) slots.push_back(pair.related->slot());
  return slots;
}

}  // namespace

row_collector::row_collector(const relation_keys& keys, const row_ops& ops, const row_ops* pivot)
    : ops_(ops),
      pivot_(pivot),
      rows_(ops, keys.join_keys(), pivot),
      with_join_key_(keys.has_join_key()),
      key_(related_slots(keys)) {}

loaded_batch* row_collector::sort(const key_index& owners) {
  const std::size_t count = rows_.size();
  std::vector<std::uint32_t> begins(owners.size(), 0);
  std::vector<std::uint32_t> counts(owners.size(), 0);
  std::vector<std::uint32_t> whose(count);
  bool side_by_side = !with_join_key_;
  std::uint32_t last = key_index::none;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t owner = key_.read(rows_.at(i)) ? owners.find(key_.data(), key_.size()) : key_index::none;
    whose[i] = owner;
    if (owner == key_index::none) {
      side_by_side = false;
      continue;
    }
    if (owner != last) {
      if (counts[owner] != 0) side_by_side = false;
      begins[owner] = static_cast<std::uint32_t>(i);
      last = owner;
    }
    ++counts[owner];
  }
  if (side_by_side) return new loaded_batch(std::move(rows_), begins, counts);

  std::uint32_t found = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    begins[i] = found;
    found += counts[i];
  }
  std::vector<std::uint32_t> next = begins;
  std::vector<std::uint32_t> order(found);
  for (std::size_t i = 0; i < count; ++i) {
    if (whose[i] != key_index::none) order[next[whose[i]]++] = static_cast<std::uint32_t>(i);
  }
  row_memory sorted(ops_, 0);
  sorted.reserve(found);
  for (const std::uint32_t row : order) sorted.take(rows_, row);
  std::optional<row_memory> pivots;
  if (pivot_ != nullptr) {
    pivots.emplace(*pivot_, std::size_t{0});
    pivots->reserve(found);
    for (const std::uint32_t row : order) pivots->take_pivot(rows_, row);
  }
  rows_.end_untaken(whose);
  return new loaded_batch(std::move(sorted), begins, counts, std::move(pivots));
}

}  // namespace tupelo::detail
