// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tupelo::detail {

/// Which relations were loaded since the open transaction has begun to write: they may hold what is not there, or hold
/// nothing for what is there, once that is undone.
class load_log {
public:
  /// A relation field: its object, and where it is in that.
  using field = std::pair<const void*, std::uint32_t>;

  /// Something may be written now that a rollback undoes.
  void note_write() noexcept { ++written_; }
  /// What is loaded before anything was written is right after a rollback too.
  bool is_needed() const noexcept { return written_ != 0; }
  void note(const void* object, std::uint32_t offset) { entries_.push_back({{object, offset}, written_}); }

  void open_savepoint() { marks_.push_back(written_); }
  void release_savepoint() noexcept { marks_.pop_back(); }
  /// Back to the last savepoint, or the beginning of the transaction: what was loaded after a write that is undone,
  /// sorted. Objects that have left the session may be among it.
  std::vector<field> roll_back_savepoint() {
    const std::size_t mark = marks_.back();
    marks_.pop_back();
    return roll_back_to(mark);
  }
  std::vector<field> roll_back() {
    marks_.clear();
    return roll_back_to(0);
  }
  void clear() noexcept {
    entries_.clear();
    marks_.clear();
    written_ = 0;
  }

private:
  struct entry {
    field loaded;
    std::size_t written;
  };
  std::vector<field> roll_back_to(std::size_t mark) {
    const auto first = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.written > mark; });
    std::vector<field> undone;
    for (auto each = first; each != entries_.end(); ++each) undone.push_back(each->loaded);
    entries_.erase(first, entries_.end());
    written_ = mark;
    std::sort(undone.begin(), undone.end());
    return undone;
  }

  std::vector<entry> entries_;      ///< in their order
  std::size_t written_ = 0;         ///< how often it was noted
  std::vector<std::size_t> marks_;  ///< `written_` where each open savepoint began
};

}  // namespace tupelo::detail
