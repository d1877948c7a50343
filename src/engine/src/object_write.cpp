// SPDX-License-Identifier: Apache-2.0
// Verbs that write one object, or many rows by a condition, where more is to be done than their statement.
#include "object_events.hpp"
#include "run_now.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/operation.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

task<void> tell_all(const event_registry& registry, std::vector<event> events, any_object object, lease& in) {
  for (const event each : events) co_await registry.tell(each, object, in);
}

bool marks_others(const model_info& info, outcome means) {
  return means == outcome::object_erased && info.deleted_at >= 0 && !info.relations.empty() && marks_children(info);
}

bool restores_others(const model_info& info, outcome means) {
  return means == outcome::object_restored && info.deleted_at >= 0 && !info.relations.empty() &&
         restores_children(info);
}

/// What a statement does with rows that it names by a condition.
bulk_event before_bulk(const query_core& core, const model_info& info) {
  const std::uint64_t* const words = core.shape.data();
  if (op_of(words[0]) == op::insert_into) return bulk_event::inserting;
  if (op_of(words[0]) == op::delete_from) return bulk_event::deleting;
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    const bool marks = op_of(words[i]) == op::assign && length_of(words[i]) == 2 &&
                       info.find_offset(offset_of_word(words[i + 1])) == info.deleted_at &&
                       op_of(words[i + 2]) == op::value;
    if (marks) return bulk_event::deleting;
    i += body_of(words[i]) + payload_of(words[i]);
  }
  return bulk_event::updating;
}

task<std::int64_t> run_bulk(lease& held, statement_run& run) {
  co_await run_now(held, run);
  co_return run.sink.add ? static_cast<std::int64_t>(run.row_count) : run.affected;
}

}  // namespace

task<void> tell_before(const event_registry& registry, outcome means, any_object object, lease& in) {
  switch (means) {
    case outcome::object_inserted: return tell_all(registry, {event::saving, event::creating}, object, in);
    case outcome::object_updated: return tell_all(registry, {event::saving, event::updating}, object, in);
    case outcome::object_restored:
      return tell_all(registry, {event::restoring, event::saving, event::updating}, object, in);
    default: return tell_all(registry, {event::deleting}, object, in);
  }
}
task<void> tell_after(const event_registry& registry, outcome means, any_object object, lease& in) {
  switch (means) {
    case outcome::object_inserted: return tell_all(registry, {event::created, event::saved}, object, in);
    case outcome::object_updated: return tell_all(registry, {event::updated, event::saved}, object, in);
    case outcome::object_restored:
      return tell_all(registry, {event::updated, event::restored, event::saved}, object, in);
    default: return tell_all(registry, {event::deleted}, object, in);
  }
}

bool operation_core::takes_more() const {
  require_source(source_);
  if (spec_ == nullptr) {
    if (run_.core.shape.size == 0) return false;
    const std::uint64_t first = run_.core.shape.data()[0];
    return op_of(first) != op::raw_sql && hearing_bulk(*source_, info_of(*find_spec(model_of(first)))) != nullptr;
  }
  const model_info& info = info_of(*spec_);
  return info.writes_parents || hearing(*source_, info) != nullptr || marks_others(info, means_) ||
         restores_others(info, means_);
}

void operation_core::refuse_in_pipeline() const {
  if (spec_ == nullptr) return;
  const model_info& info = info_of(*spec_);
  if (!info.writes_parents && !marks_others(info, means_) && !restores_others(info, means_)) return;
  throw query_error("writing a " + std::string(info.short_name()) +
                    " takes more than one statement, because rows of other tables change with it: await it by itself, "
                    "not in a pipeline()");
}

task<void> operation_core::run_more() { return spec_ != nullptr ? write_object() : write_in_bulk(); }

task<void> operation_core::write_object() {
  const model_info& info = require_table(info_of(*spec_));
  const event_registry* const registry = hearing(*source_, info);
  const std::vector<parent_link> links = parent_links(info);
  const bool erases = means_ == outcome::object_erased || means_ == outcome::object_erased_permanently;
  const any_object object{info, object_};
  lease held = co_await source_->acquire();
  co_await held.begin();
  const auto change_parents = [&](std::int64_t by, std::int64_t now) {
    std::vector<query_core> statements;
    for (const parent_link& link : links) {
      if (by != 0 && link.counter < 0 && link.touched < 0) continue;
      statements.push_back(change_of_parent(link, object_, by, now));
    }
    return run_changes(held, std::move(statements));
  };
  std::exception_ptr failure;
  std::optional<std::int64_t> marked_at;
  try {
    if (registry) co_await tell_before(*registry, means_, object, held);
    if (means_ == outcome::object_restored) {
      const field_slot slot = require_deleted_at(info).slot();
      if (const void* const value = value_of(slot, object_)) marked_at = load_timestamp(slot, value);
    }
    const std::int64_t before = links.empty() ? 0 : timestamp::now().us;
    // By the key that the row has until now, whatever the object says; a row that is marked is not counted.
    if (means_ != outcome::object_inserted) {
      if (!links.empty()) co_await lock_rows(held, info, {object_});
      co_await change_parents(-1, before);
    }
    if (restores_others(info, means_))
      static_cast<void>(co_await restore_children(held, info, object_, timestamp::now().us));
    const std::int64_t now = prepare();
    const task_context& context = co_await current_context();
    if (!held.try_run(run_, context)) co_await held.run(run_);
    judge();
    if (marks_others(info, means_)) co_await mark_children(held, {&info}, now);
    settle();
    settled_ = true;
    if (means_ == outcome::object_inserted) {
      parent_changes added;
      added.add_new(links, object_);
      co_await run_changes(held, added.statements(before));
    } else if (!erases) {
      co_await change_parents(1, before);
    }
    if (registry) co_await tell_after(*registry, means_, object, held);
    co_await held.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (settled_) {
    unsettle();
    if (means_ == outcome::object_updated || means_ == outcome::object_restored) count_version(info, object_, -1);
    if (marked_at) {
      const field_slot slot = require_deleted_at(info).slot();
      store_timestamp(slot, field_for_value(slot, object_), *marked_at);
    }
  }
  co_await held.rollback_after_failure();
  std::rethrow_exception(failure);
}

task<void> operation_core::write_in_bulk() {
  const model_info& info = info_of(*find_spec(model_of(run_.core.shape.data()[0])));
  static_cast<void>(co_await tell_around(*source_, *source_->listening(), before_bulk(run_.core, info), info,
                                         [this](lease& held) { return run_bulk(held, run_); }));
}

}  // namespace tupelo::detail
