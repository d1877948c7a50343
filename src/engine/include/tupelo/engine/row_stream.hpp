// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/core/owned.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <source_location>
#include <vector>

namespace tupelo {

namespace detail {

/// The part of a stream that does not depend on its rows' type. Holds one connection from the first row to the last.
class row_stream_core {
public:
  /// `in_bulk`: the whole result is wanted, see driver::request. `from`: who holds its connection.
  row_stream_core(query_source* source, query_core core, bool in_bulk, std::source_location from);
  row_stream_core(row_stream_core&&) noexcept;
  row_stream_core& operator=(row_stream_core&&) = delete;
  ~row_stream_core();

  /// Decodes up to one batch into the sink, and gives how many of the rows are whole; 0 rows: the end. A failure behind
  /// whole rows is that of the next call.
  task<std::uint64_t> fetch(row_sink sink);

  /// What reads it has a context of its own inside of `around`: whoever asks for a connection there waits for what
  /// comes behind it. Before: `around` outlives the stream.
  void read_for(const task_context& around) noexcept;

private:
  struct state;
  owned<state> state_;
};

}  // namespace detail

/// The rows of a query one after the other, in constant memory: `while (User* user = co_await rows.next()) …`
///
/// Holds a connection from the first `next()` until the end is reached or the stream is destroyed. A stream that was
/// opened in a transaction ends with it.
/// Errors of `next()`: those of the statement; transaction_error (invalid_transaction) when the stream's transaction is
/// over.
/// Threads: used by one coroutine at a time.
template <class T>
class row_stream {
public:
  row_stream(query_source* source, query_core&& core, bool in_bulk, std::source_location from)
      : core_(source, static_cast<query_core&&>(core), in_bulk, from) {}

  /// The next row, valid until the next call; null at the end. A stream that has failed fails again each time: behind
  /// the rows that came before the statement failed, unless their relations are loaded with them.
  task<T*> next() {
    if (at_ + 1 < batch_.size()) co_return row(++at_);
    if (ended_) co_return nullptr;
    rows_type batch;
    const std::uint64_t whole = co_await core_.fetch(
        {&batch, [](void* rows) -> void* { return &static_cast<rows_type*>(rows)->emplace_back(); }});
    while (batch.size() > whole) batch.pop_back();  // a failure may leave the last one half filled
    batch_ = static_cast<rows_type&&>(batch);
    at_ = 0;
    ended_ = batch_.empty();
    co_return ended_ ? nullptr : row(0);
  }

  void read_for(const task_context& around) noexcept { core_.read_for(around); }

private:
  // std::vector<bool> has no rows to decode into or to point to.
  struct bool_row {
    bool value = false;
  };
  using rows_type = std::vector<std::conditional_t<std::is_same_v<T, bool>, bool_row, T>>;

  T* row(std::size_t i) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
      return &batch_[i].value;
    } else {
      return &batch_[i];
    }
  }

  detail::row_stream_core core_;
  rows_type batch_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace tupelo
