// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/task.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Without <iterator>, whose streams cost every user's file more compile time than all of this: <vector> has what is
// used.

/// Many rows on their way into a table: whatever gives them is read in batches, each when the one before it is written.
namespace tupelo::detail {

/// Gives the rows of a `copy_in`, some at a time.
class copy_feed {
public:
  /// Rows of one batch, at most.
  static constexpr std::size_t most = 256;
  /// Of those that have to be kept for it.
  static constexpr std::size_t most_held = 64;

  /// Puts the addresses of the next rows into `rows`, which has room for `most`, and gives their number; 0: no more.
  /// They live until the next call. `writable`: they will be changed.
  virtual std::size_t next(void** rows, bool writable) = 0;
  /// Whether the rows have to be waited for: then `gather` is awaited before each `next`.
  virtual bool waits() const noexcept { return false; }
  virtual task<void> gather() { co_return; }

protected:
  ~copy_feed() = default;
};

template <class Rows>
concept row_range = requires(Rows& rows) {
  std::begin(rows) != std::end(rows);
  *std::begin(rows);
};
template <class Rows>
using row_of_range = std::remove_cvref_t<decltype(*std::begin(std::declval<Rows&>()))>;

template <class Rows>
class range_feed final : public copy_feed {
public:
  explicit range_feed(Rows& rows) : at_(std::begin(rows)), end_(std::end(rows)) {}

  std::size_t next(void** rows, bool writable) override {
    std::size_t count = 0;
    if constexpr (in_place) {
      if (!is_const || !writable) {
        for (; count != most && at_ != end_; ++at_) {
          rows[count++] = const_cast<void*>(static_cast<const void*>(__builtin_addressof(*at_)));
        }
        return count;
      }
    }
    if constexpr (!in_place || is_const) {
      held_.clear();
      for (; held_.size() != most_held && at_ != end_; ++at_) held_.push_back(*at_);
      for (row& kept : held_) rows[count++] = __builtin_addressof(kept);
    }
    return count;
  }

private:
  using iterator = decltype(std::begin(std::declval<Rows&>()));
  using reference = decltype(*std::declval<iterator&>());
  using row = row_of_range<Rows>;
  // What a one-pass iterator refers to may be gone when it has moved on.
  static constexpr bool in_place = std::is_lvalue_reference_v<reference> && std::forward_iterator<iterator>;
  static constexpr bool is_const = std::is_const_v<std::remove_reference_t<reference>>;

  iterator at_;
  decltype(std::end(std::declval<Rows&>())) end_;
  std::vector<row> held_;
};

template <class T, class Next>
class generator_feed final : public copy_feed {
public:
  explicit generator_feed(Next& next) : next_(next) {}

  std::size_t next(void** rows, bool) override {
    held_.clear();
    while (!ended_ && held_.size() != most_held) {
      std::optional<T> made = next_();
      ended_ = !made.has_value();
      if (made) held_.push_back(static_cast<T&&>(*made));
    }
    std::size_t count = 0;
    for (T& row : held_) rows[count++] = __builtin_addressof(row);
    return count;
  }

private:
  Next& next_;
  std::vector<T> held_;
  bool ended_ = false;
};

/// A coroutine that gives one row at a time.
template <class Next, class T>
concept awaited_source = requires(Next& next) {
  { next() } -> std::same_as<task<std::optional<T>>>;
};
template <class T, class Next>
class awaited_feed final : public copy_feed {
public:
  explicit awaited_feed(Next& next) : next_(next) {}

  bool waits() const noexcept override { return true; }
  task<void> gather() override {
    held_.clear();
    while (!ended_ && held_.size() != most_held) {
      std::optional<T> made = co_await next_();
      ended_ = !made.has_value();
      if (made) held_.push_back(static_cast<T&&>(*made));
    }
  }
  std::size_t next(void** rows, bool) override {
    std::size_t count = 0;
    for (T& row : held_) rows[count++] = __builtin_addressof(row);
    return count;
  }

private:
  Next& next_;
  std::vector<T> held_;
  bool ended_ = false;
};

/// Where rows of a struct that is no model go.
struct copy_columns {
  std::string table;
  std::vector<std::string> columns;
};

/// Writes all that the feed gives into the model's table, or into `columns` where that is not null.
task<std::int64_t> copy_all(verb_call call, const model_spec& row, copy_feed& feed, const copy_columns* columns);

// `Rows` is a reference where the caller keeps the rows.
template <class Rows>
task<std::int64_t> copy_range(verb_call call, Rows rows) {
  using range = std::remove_reference_t<Rows>;
  range_feed<range> feed(rows);
  co_return co_await copy_all(call, meta<row_of_range<range>>::spec, feed, nullptr);
}
template <class Rows>
task<std::int64_t> copy_range_into(verb_call call, copy_columns columns, Rows rows) {
  using range = std::remove_reference_t<Rows>;
  range_feed<range> feed(rows);
  co_return co_await copy_all(call, row_meta<row_of_range<range>>::spec, feed, __builtin_addressof(columns));
}
template <class T, class Next>
task<std::int64_t> copy_generated(verb_call call, Next next) {
  generator_feed<T, Next> feed(next);
  co_return co_await copy_all(call, meta<T>::spec, feed, nullptr);
}

template <class T, class Next>
task<std::int64_t> copy_awaited(verb_call call, Next next) {
  awaited_feed<T, Next> feed(next);
  co_return co_await copy_all(call, meta<T>::spec, feed, nullptr);
}

}  // namespace tupelo::detail
