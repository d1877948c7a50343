// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/operation.hpp"

#include <exception>
#include <vector>

namespace tupelo::detail {

/// Who hears of objects of this model that are written there; null: nobody.
inline const event_registry* hearing(const query_source& source, const model_info& info) noexcept {
  const event_registry* const registry = source.listening();
  return registry != nullptr && registry->hears_of(info) ? registry : nullptr;
}
/// Tells what comes before an object is written in this way, and what comes after it. Errors: those of the handlers.
task<void> tell_before(const event_registry& registry, outcome means, any_object object, lease& in);
task<void> tell_after(const event_registry& registry, outcome means, any_object object, lease& in);

/// Who hears of statements about this model there; null: nobody.
inline const event_registry* hearing_bulk(const query_source& source, const model_info& info) noexcept {
  const event_registry* const registry = source.listening();
  return registry != nullptr && registry->hears_of_bulk(info) ? registry : nullptr;
}
/// Does `work(held)`, which gives how many rows it has written, between both events, in a transaction of its own or a
/// savepoint. Errors: those of the handlers and of the work.
template <class Work>
task<std::int64_t> tell_around(query_source& source, const event_registry& registry, bulk_event before,
                               const model_info& info, Work work) {
  lease held = co_await source.acquire();
  co_await held.begin();
  std::exception_ptr failure;
  std::int64_t rows = 0;
  try {
    co_await registry.tell(before, {info, 0}, held);
    rows = co_await work(held);
    co_await registry.tell(after(before), {info, rows}, held);
    co_await held.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return rows;
  co_await held.rollback_after_failure();
  std::rethrow_exception(failure);
}

}  // namespace tupelo::detail
