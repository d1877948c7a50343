// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/keyset.hpp"
#include "tupelo/engine/query_source.hpp"
#include "tupelo/core/deadline.hpp"
#include "tupelo/core/task.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

// What for_each() and chunk() of a query do.

namespace tupelo::detail {

/// How many rows chunk() reads at most, which the query then says no more. Errors: query_error for a number of rows
/// that no chunk has.
std::int64_t rows_in_chunks(query_core& core, std::size_t rows);

/// What for_each() and chunk() were given; the compiler's messages name it by it.
template <class Function>
struct row_function {
  template <class Rows>
  static constexpr bool takes = std::is_invocable_v<Function&, Rows&>;
};

/// Calls the function, or awaits the task that it gives, for each row.
template <class Stream, class Function>
task<std::int64_t> call_for_rows(Stream rows, Function function) {
  std::int64_t count = 0;
  while (auto* row = co_await rows.next()) {
    ++count;
    constexpr bool takes = row_function<Function>::template takes<std::remove_reference_t<decltype(*row)>>;
    static_assert(takes, "tupelo: for_each() takes a function of one row: [](User& user) { … }");
    if constexpr (!takes) {
      co_return count;
    } else if constexpr (std::is_void_v<decltype(function(*row))>) {
      function(*row);
    } else {
      co_await function(*row);
    }
  }
  co_return count;
}
/// The same; the rows and the function have a context of their own, by which is known who asks for the connection that
/// the rows hold.
template <class Stream, class Function>
task<std::int64_t> for_each_row(Stream rows, Function function) {
  rows.read_for(co_await current_context());
  co_return co_await with_deadline(
      call_for_rows<Stream, Function>(static_cast<Stream&&>(rows), static_cast<Function&&>(function)),
      deadline::never());
}
/// The same for as many rows at a time, which are read page by page, so that nothing is held in between.
template <class Verbs, class Function>
task<std::int64_t> for_each_chunk(query_core core, query_source* source, std::size_t size, Function function) {
  std::int64_t left = rows_in_chunks(core, size);
  std::int64_t count = 0;
  for (cursor from; left > 0;) {
    const std::int64_t wanted = left < static_cast<std::int64_t>(size) ? left : static_cast<std::int64_t>(size);
    auto page = co_await Verbs::keyset(core, source, static_cast<cursor&&>(from), wanted, false, "chunk()");
    if (page.items.empty()) break;
    left -= static_cast<std::int64_t>(page.items.size());
    count += static_cast<std::int64_t>(page.items.size());
    constexpr bool takes = row_function<Function>::template takes<decltype(page.items)>;
    static_assert(takes, "tupelo: chunk() takes a function of so many rows: [](std::vector<User>& users) { … }");
    if constexpr (!takes) {
      co_return count;
    } else if constexpr (std::is_void_v<decltype(function(page.items))>) {
      function(page.items);
    } else {
      co_await function(page.items);
    }
    if (!page.has_next) break;
    from = static_cast<cursor&&>(page.next);
  }
  co_return count;
}

}  // namespace tupelo::detail
