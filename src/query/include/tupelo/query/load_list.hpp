// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/shape.hpp"

#include <cstddef>
#include <cstdint>

namespace tupelo {

class query_core;
struct row_ops;

namespace detail {
struct load_step;
struct load_steps;
}  // namespace detail

/// The relations that a query loads with its rows: one pointer, null as a rule. Copies share the list until one of them
/// is changed.
class load_list {
public:
  load_list() noexcept = default;
  load_list(const load_list& other) noexcept : steps_(other.steps_) {
    if (steps_) [[unlikely]]
      retain();
  }
  load_list(load_list&& other) noexcept : steps_(other.steps_) { other.steps_ = nullptr; }
  load_list& operator=(load_list other) noexcept {
    detail::load_steps* mine = steps_;
    steps_ = other.steps_;
    other.steps_ = mine;
    return *this;
  }
  ~load_list() {
    if (steps_) [[unlikely]]
      release();
  }

  bool empty() const noexcept { return steps_ == nullptr; }
  void clear() noexcept {
    if (steps_) [[unlikely]]
      release();
  }
  /// The query for the relation's rows, added where the list has none yet: narrow it, give it relations of its own.
  /// `model`: the position of the rows' model, where the relation is to one of several.
  /// Valid until the list is changed.
  query_core& query_of(column_ref relation, const row_ops& rows, std::uint8_t model = 0);
  /// The same; the rows of the join table are to be read with them.
  query_core& with_pivot(column_ref relation, const row_ops& rows, const row_ops& pivot);
  /// The same as query_of; they are to be read in the statement that reads the objects to which they belong.
  query_core& joined(column_ref relation, const row_ops& rows, const row_ops& owner);
  /// The objects stand in rows of this size, so many bytes behind their beginning. Before: not empty.
  void stand_in(std::uint32_t row_size, std::uint32_t place);
  /// 0: the objects are the rows.
  std::uint32_t row_size() const noexcept;
  std::uint32_t place() const noexcept;
  const detail::load_step* begin() const noexcept;
  const detail::load_step* end() const noexcept;

private:
  void retain() const noexcept;
  void release() noexcept;
  void own();  ///< makes the list one that nobody shares
  detail::load_steps* steps_ = nullptr;
};

}  // namespace tupelo
