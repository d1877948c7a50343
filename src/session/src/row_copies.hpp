// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_part.hpp"
#include "snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_set>
#include <vector>

namespace tupelo::detail {

/// Errors: query_error, which it throws: one field of a row has got two values.
[[noreturn]] void throw_changed_twice(const model_info& info, const std::string& what);

/// Rows in relation fields that are rows of objects which the session has elsewhere: one row is one object, so that
/// what is changed in a copy is written as a change of that object, and is seen in all copies when it has been.
class row_copies {
public:
  bool empty() const noexcept { return copies_.empty(); }
  /// The session's share of these rows, which it has if one of them is an object or a copy of one.
  row_share& share_of(held_rows& held);
  /// `then`: its columns as the database has them. Nothing for a row that is a copy in another session already.
  void add(row_share& whole, std::size_t row, tracked_object& original, snapshot then);
  /// A copy of the object among rows that nobody reaches any more is this row instead. False: there is none.
  bool move_unreached(const tracked_object& original, row_share& whole, std::size_t row);
  bool is_edited(const tracked_object& original) const;
  /// Whether somebody reaches a copy of it.
  std::unordered_set<const tracked_object*> reached_originals() const;
  void note_rows(std::unordered_set<const void*>& rows) const;
  /// `use(original, row)`.
  template <class Use>
  void for_each(Use use) const {
    for (const auto& copy : copies_) use(copy->original, copy->object());
  }

  /// Changes of copies become those of their objects. Errors: query_error where the object, or another copy, was
  /// changed otherwise.
  void give_edits();
  /// Takes them back, because they could not be written.
  void take_back_edits();
  /// Copies of these objects, which were written, are as they are.
  void follow(std::vector<const tracked_object*> written);
  /// What was changed in copies of the object is lost.
  void drop_edits(const tracked_object& original);

  /// Which copies are as their objects were at the last flush, before the objects are taken back to an earlier time.
  std::vector<bool> in_step() const;
  /// Copies that were in step are so again, and those of objects whose rows were `read` meanwhile; `values`: their
  /// fields too, and what else was changed in copies is lost.
  void revert(const std::vector<bool>& in_step, const std::vector<const tracked_object*>& read, bool values);

  /// Forgets those of objects that have left the session.
  void forget_left();
  /// Forgets those that nobody reaches and that are not changed, when they have become many.
  void forget_unreached(bool few_too);

private:
  /// What held rows tell where a row has moved to.
  struct placed_row {
    void* row = nullptr;
  };
  struct row_copy : placed_row {
    row_copy(row_copies& in, row_share& of, std::size_t row, tracked_object& copied, snapshot taken);
    row_copy(const row_copy&) = delete;
    row_copy& operator=(const row_copy&) = delete;
    ~row_copy() { leave(); }

    const row_copies* all;  ///< of the session
    row_share* whole = nullptr;
    tracked_object* original;
    snapshot then;

    void* object() const noexcept { return row; }
    const model_info& info() const { return info_of(*original->spec); }
    bool edited() const;
    std::size_t place() const noexcept;
    void enter(row_share& of, std::size_t at);
    void leave();
  };
  struct given {
    tracked_object* to;
    snapshot before;
    std::vector<std::uint16_t> fields;
  };
  void give_edits_of(const row_copy& copy);
  template <class Forgotten>
  void forget(Forgotten forgotten);

  std::vector<std::unique_ptr<row_copy>> copies_;  // where their rows find them
  std::vector<given> given_;
  std::size_t many_ = 64;
};

}  // namespace tupelo::detail
