// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_index.hpp"

#include "tupelo/model/relation.hpp"
#include "tupelo/model/row_ops.hpp"
#include "tupelo/core/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tupelo::detail {

/// Memory with rows of one model side by side, perhaps each with the parts of a join key behind it, and with the join
/// table's row behind those.
class row_memory {
public:
  row_memory(const row_ops& ops, std::size_t join_keys, const row_ops* pivot = nullptr) noexcept;
  row_memory(row_memory&& other) noexcept;
  row_memory& operator=(row_memory&&) = delete;
  ~row_memory();

  void* add();
  void reserve(std::size_t rows);
  /// Moves a row of the other here, behind the last one; its place there is then empty memory.
  void take(row_memory& other, std::size_t row) noexcept;
  /// The same for the join table's row behind a row of the other, whose place gets an empty one.
  void take_pivot(row_memory& other, std::size_t row) noexcept;
  /// Ends the rows that were not taken, those of key_index::none, and with them all that is here.
  void end_untaken(const std::vector<std::uint32_t>& whose) noexcept;
  void* at(std::size_t row) const noexcept { return static_cast<char*>(memory_) + row * stride_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t stride() const noexcept { return stride_; }

private:
  void end_rows() noexcept;
  join_key* keys_at(std::size_t row) const noexcept {
    return reinterpret_cast<join_key*>(static_cast<char*>(at(row)) + join_key_);
  }
  void* pivot_at(std::size_t row) const noexcept { return static_cast<char*>(at(row)) + pivot_; }

  const row_ops* ops_;
  const row_ops* pivot_ops_;
  std::size_t stride_;
  std::size_t join_key_ = 0;   ///< offset of the first; 0: none
  std::size_t join_keys_ = 0;  ///< how many
  std::size_t pivot_ = 0;      ///< offset; 0: none
  std::size_t alignment_;
  void* memory_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

/// The related rows of many owners, those of one owner side by side. Each key's slice is shared by relation fields; the
/// rows live until the last slice is let go.
class loaded_batch {
public:
  /// By number of the key: where its rows begin, and how many they are.
  loaded_batch(row_memory rows, const std::vector<std::uint32_t>& begins, const std::vector<std::uint32_t>& counts,
               std::optional<row_memory> pivots = {});
  loaded_batch(const loaded_batch&) = delete;
  loaded_batch& operator=(const loaded_batch&) = delete;

  /// The rows of the key with this number; those of key_index::none are none.
  loaded_rows* slice(std::uint32_t key) noexcept;
  const row_memory& rows() const noexcept { return rows_; }
  /// Lets go of the slices that nobody took a share of; the batch ends with the last.
  void release() noexcept;

private:
  struct part : loaded_rows {
    loaded_batch* batch;
  };
  static void end_part(loaded_rows* ended);

  row_memory rows_;
  std::optional<row_memory> pivots_;  ///< the join table's, in the order of the rows
  std::vector<part> parts_;
  std::size_t living_;
};

struct batch_release {
  void operator()(loaded_batch* batch) const noexcept { batch->release(); }
};

/// Rows as they arrive, then sorted by whose they are.
class row_collector {
public:
  row_collector(const relation_keys& keys, const row_ops& ops, const row_ops* pivot = nullptr);

  row_sink sink() noexcept { return {this, &row_collector::add}; }
  /// The rows, those of each key side by side in the order in which they came. Rows of no key are dropped: the database
  /// may hold more values for equal than we do.
  loaded_batch* sort(const key_index& owners);

private:
  static void* add(void* self) { return static_cast<row_collector*>(self)->rows_.add(); }

  const row_ops& ops_;
  const row_ops* pivot_;
  row_memory rows_;
  bool with_join_key_;
  key_words key_;
};

}  // namespace tupelo::detail
