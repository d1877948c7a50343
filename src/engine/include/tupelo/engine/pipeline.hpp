// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/operation.hpp"
#include "tupelo/core/when_all.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <vector>

namespace tupelo::detail {

template <class T>
std::true_type operation_like(const operation<T>*);
std::false_type operation_like(const void*);
template <class T>
inline constexpr bool is_operation = decltype(operation_like(static_cast<T*>(nullptr)))::value;

/// Runs bound operations as one unit. Afterwards each has its result. Errors: query_error for a pipeline without a
/// database; those of the operation that failed first, which then says its place.
task<void> run_operations(query_source* source, operation_core* const* operations, std::size_t count);

template <class T>
all_element_t<T> take_result(operation<T>& ended) {
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return ended.take();
  }
}

template <class... T>
task<all_result_t<T...>> run_pipeline(query_source* source, operation<T>... operations) {
  static_assert(sizeof...(T) != 0, "tupelo: pipeline() takes at least one operation");
  (operations.bind(), ...);
  operation_core* const cores[] = {&operations...};
  co_await run_operations(source, cores, sizeof...(T));
  if constexpr (!(std::is_void_v<T> && ...)) {
    co_return std::tuple<all_element_t<T>...>{take_result(operations)...};
  }
}

template <class T>
task<std::conditional_t<std::is_void_v<T>, void, std::vector<all_element_t<T>>>>
run_pipeline(query_source* source, std::vector<operation<T>> operations) {
  std::vector<operation_core*> cores;
  cores.reserve(operations.size());
  for (operation<T>& each : operations) {
    each.bind();
    cores.push_back(&each);
  }
  co_await run_operations(source, cores.data(), cores.size());
  if constexpr (!std::is_void_v<T>) {
    std::vector<T> results;
    results.reserve(operations.size());
    for (operation<T>& each : operations) results.push_back(each.take());
    co_return results;
  }
}

}  // namespace tupelo::detail
