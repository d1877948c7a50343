// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/operation.hpp"

#include <exception>
#include <utility>
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
/// Does `work(held)`, all of it or none: in a transaction of its own, or a savepoint. `committed()` is told before
/// hooks run, whose failure undoes nothing.
template <class Result, class Work, class Committed>
task<Result> in_transaction(verb_call call, Work work, Committed committed) {
  lease held = co_await call.source->acquire(call.from);
  co_await held.begin();
  std::exception_ptr failure;
  Result result{};
  try {
    result = co_await work(held);
    co_await two_step_commit::commit(held);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await held.rollback_after_failure();
    std::rethrow_exception(failure);
  }
  committed();
  co_await two_step_commit::run_hooks(held);
  co_return result;
}
template <class Result, class Work>
task<Result> in_transaction(verb_call call, Work work) {
  return in_transaction<Result>(call, std::move(work), [] {});
}
/// Does `work()`, which gives how many rows it has written, between both events about this model; null: nobody hears.
/// Before: a transaction is open.
template <class Work>
task<std::int64_t> tell_of(const event_registry* registry, const model_info* model, bulk_event before, lease& held,
                           Work work) {
  if (model != nullptr) co_await registry->tell(before, {*model, 0}, held);
  const std::int64_t rows = co_await work();
  if (model != nullptr) co_await registry->tell(after(before), {*model, rows}, held);
  co_return rows;
}
/// Both, with `work(held)`. Errors: those of the handlers and of the work.
template <class Work>
task<std::int64_t> tell_around(verb_call call, const event_registry& registry, bulk_event before,
                               const model_info& info, Work work) {
  co_return co_await in_transaction<std::int64_t>(
      call, [&](lease& held) { return tell_of(&registry, &info, before, held, [&] { return work(held); }); });
}

}  // namespace tupelo::detail
