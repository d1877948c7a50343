// SPDX-License-Identifier: Apache-2.0
// Verbs that write one object, or many rows by a condition, where more is to be done than their statement.
#include "bulk_marks.hpp"
#include "object_events.hpp"
#include "run_now.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/operation.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/engine/write_batch.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

std::vector<event> events_before(outcome means) {
  switch (means) {
    case outcome::object_inserted: return {event::saving, event::creating};
    case outcome::object_updated: return {event::saving, event::updating};
    case outcome::object_restored: return {event::restoring, event::saving, event::updating};
    default: return {event::deleting};
  }
}
std::vector<event> events_after(outcome means) {
  switch (means) {
    case outcome::object_inserted: return {event::created, event::saved};
    case outcome::object_updated: return {event::updated, event::saved};
    case outcome::object_restored: return {event::updated, event::restored, event::saved};
    default: return {event::deleted};
  }
}

task<void> tell_all(const event_registry& registry, std::vector<event> events, any_object object, lease& in) {
  for (const event each : events) co_await registry.tell(each, object, in);
}

/// Whether anyone is told where an object is written in this way.
bool is_heard(const query_source& source, const model_info& info, outcome means) {
  const event_registry* const registry = hearing(source, info);
  if (registry == nullptr) return false;
  const auto heard = [&](event each) { return registry->hears_of(info, each); };
  const std::vector<event> before = events_before(means), after = events_after(means);
  return std::any_of(before.begin(), before.end(), heard) || std::any_of(after.begin(), after.end(), heard);
}

/// The model that a statement writes; null: not known, as of SQL of the user's own.
const model_info* written_by(const query_core& core) {
  if (core.shape.size == 0 || op_of(core.shape.data()[0]) == op::raw_sql) return nullptr;
  return &info_of(*find_spec(model_of(core.shape.data()[0])));
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

/// Whether rows that belong to those which the statement marks are to be written with them.
bool marks_others_in_bulk(const query_core& core, const model_info& info) {
  return is_bulk_mark(core) && !info.relations.empty() && marks_children(info);
}

task<std::int64_t> run_bulk(lease& held, statement_run& run, const model_info& info) {
  const bool marks = marks_others_in_bulk(run.core, info);
  const std::int64_t marked_at = marks ? time_of_bulk_mark(run.core, info) : 0;
  co_await run_now(held, run);
  const std::int64_t rows = run.sink.add ? static_cast<std::int64_t>(run.row_count) : run.affected;
  if (marks && rows != 0) co_await mark_children(held, {&info}, marked_at);
  co_return rows;
}

}  // namespace

task<void> tell_before(const event_registry& registry, outcome means, any_object object, lease& in) {
  return tell_all(registry, events_before(means), object, in);
}
task<void> tell_after(const event_registry& registry, outcome means, any_object object, lease& in) {
  return tell_all(registry, events_after(means), object, in);
}

bool operation_core::takes_more() const {
  require_source(source_);
  if (spec_ == nullptr) {
    const model_info* const written = written_by(run_.core);
    return written != nullptr &&
           (hearing_bulk(*source_, *written) != nullptr || marks_others_in_bulk(run_.core, *written));
  }
  const model_info& info = info_of(*spec_);
  return info.writes_parents || hearing(*source_, info) != nullptr || marks_others(info, means_) ||
         restores_others(info, means_);
}

void operation_core::refuse_in_pipeline() const {
  if (!writes()) return;
  const model_info* const written = spec_ != nullptr ? &info_of(*spec_) : written_by(run_.core);
  if (written == nullptr) return;
  const model_info& info = *written;
  if (spec_ != nullptr ? is_heard(*source_, info, means_) : hearing_bulk(*source_, info) != nullptr) {
    throw query_error("somebody listens to what is written of " + std::string(info.short_name()) +
                      ", and a pipeline() tells nobody: await it by itself, or send the pipeline in "
                      "db.without_events()");
  }
  const bool writes_others = spec_ == nullptr
                                 ? marks_others_in_bulk(run_.core, info)
                                 : info.writes_parents || marks_others(info, means_) || restores_others(info, means_);
  if (!writes_others) return;
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
  lease held = co_await source_->acquire(run_.from);
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
    if (means_ == outcome::object_restored || marks_object()) {
      const field_slot slot = require_deleted_at(info).slot();
      if (const void* const value = value_of(slot, object_)) marked_at = load_timestamp(slot, value);
    }
    const std::int64_t before = links.empty() ? 0 : timestamp::now().us;
    // By the key that the row has until now, whatever the object says; a row that is marked is not counted.
    if (means_ != outcome::object_inserted) {
      if (!links.empty()) co_await lock_rows(held, info, {object_}, links, means_ == outcome::object_updated);
      co_await change_parents(-1, before);
    }
    if (restores_others(info, means_))
      static_cast<void>(co_await restore_children(held, info, object_, timestamp::now().us));
    prepare();
    const task_context& context = co_await current_context();
    if (!held.try_run(run_, context)) co_await held.run(run_);
    judge();
    if (marks_others(info, means_)) co_await mark_children(held, {&info}, now_);
    settle();
    settled_ = true;
    if (means_ == outcome::object_inserted) {
      parent_changes added;
      added.add_new(links, object_);
      co_await added.write(held, before);
    } else if (!erases) {
      co_await change_parents(1, before);
    }
    if (registry) co_await tell_after(*registry, means_, object, held);
    co_await two_step_commit::commit(held);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) {
    co_await two_step_commit::run_hooks(held);
    co_return;
  }
  if (settled_) {
    unsettle();
    const bool marks = marks_object();
    if (means_ == outcome::object_updated || means_ == outcome::object_restored || marks)
      count_version(info, object_, -1);
    if (marked_at) {
      const field_slot slot = require_deleted_at(info).slot();
      store_timestamp(slot, field_for_value(slot, object_), *marked_at);
    } else if (marks) {
      store_null(require_deleted_at(info).slot(), object_);
    }
  }
  co_await held.rollback_after_failure();
  std::rethrow_exception(failure);
}

namespace {

/// What objects say of their mark and version, taken back where nothing of what was written stays.
class marks_before {
public:
  marks_before(const model_info& info, const std::vector<void*>& objects) : info_(info), objects_(objects) {
    for (const void* const object : objects) before_.push_back({mark_of(object), version_of(object)});
  }
  void take_back() const {
    for (std::size_t i = 0; i != objects_.size(); ++i) {
      count_version(info_, objects_[i], before_[i].version - version_of(objects_[i]));
      if (info_.deleted_at < 0) continue;
      const field_slot slot = mark_slot();
      if (before_[i].mark) {
        store_timestamp(slot, field_for_value(slot, objects_[i]), *before_[i].mark);
      } else {
        store_null(slot, objects_[i]);
      }
    }
  }

private:
  struct kept {
    std::optional<std::int64_t> mark;
    std::int64_t version;
  };
  field_slot mark_slot() const { return info_.fields[static_cast<std::size_t>(info_.deleted_at)].slot(); }
  std::optional<std::int64_t> mark_of(const void* object) const {
    if (info_.deleted_at < 0) return std::nullopt;
    const field_slot slot = mark_slot();
    const void* const value = value_of(slot, object);
    return value != nullptr ? std::optional(load_timestamp(slot, value)) : std::nullopt;
  }
  std::int64_t version_of(const void* object) const {
    if (info_.version < 0) return 0;
    const field_slot slot = info_.fields[static_cast<std::size_t>(info_.version)].slot();
    const void* const value = value_of(slot, object);
    return value != nullptr ? load_integer(slot, value) : 0;
  }

  const model_info& info_;
  const std::vector<void*>& objects_;
  std::vector<kept> before_;
};

/// One by one, each with what goes along with it.
task<void> write_each(lease& held, const model_spec& spec, const std::vector<void*>& objects, outcome means) {
  const model_info& info = info_of(spec);
  if (info.writes_parents) co_await lock_rows(held, info, objects, parent_links(info), false);
  for (void* const object : objects) {
    operation<void> one(&held, object, spec, means);
    one.note_mark();
    co_await std::move(one);
  }
}

task<void> erase_together(lease& held, const model_info& info, const std::vector<void*>& objects, bool permanently) {
  const std::int64_t now = time_of_writing(info);
  write_batch batch(held);
  co_await batch.erase_all(info, objects.data(), objects.size(), now, permanently);
  co_await batch.run();
  if (info.deleted_at < 0 || permanently) co_return;
  for (void* const object : objects) note_marked(info, object, now);
  if (marks_others(info, outcome::object_erased)) co_await mark_children(held, {&info}, now);
}

/// What was marked with each of them is found by its own mark, before this ends.
task<void> restore_together(lease& held, const model_info& info, const std::vector<void*>& objects) {
  const std::int64_t now = timestamp::now().us;
  if (restores_others(info, outcome::object_restored)) {
    for (const void* const object : objects) static_cast<void>(co_await restore_children(held, info, object, now));
  }
  write_batch batch(held);
  co_await batch.restore_all(info, objects.data(), objects.size(), now);
  co_await batch.run();
  for (void* const object : objects) {
    prepare_for_update(info, object, now);
    note_restored(info, object);
  }
}

template <class Work>
task<void> write_marks(verb_call call, const model_info& info, const std::vector<void*>& objects, Work work) {
  if (objects.empty()) co_return;
  const marks_before before(info, objects);
  bool committed = false;
  std::exception_ptr failure;
  try {
    static_cast<void>(co_await in_transaction<bool>(
        call,
        [&](lease& held) -> task<bool> {
          co_await work(held);
          co_return true;
        },
        [&] { committed = true; }));
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (!committed) before.take_back();
  std::rethrow_exception(failure);
}

}  // namespace

task<void> erase_all(verb_call call, const model_spec& spec, std::vector<void*> objects, bool permanently) {
  const model_info& info = require_table(info_of(spec));
  const bool one_by_one = info.writes_parents || hearing(*require_source(call.source), info) != nullptr;
  const outcome means = permanently ? outcome::object_erased_permanently : outcome::object_erased;
  co_await write_marks(call, info, objects, [&](lease& held) {
    return one_by_one ? write_each(held, spec, objects, means) : erase_together(held, info, objects, permanently);
  });
}

task<void> restore_all(verb_call call, const model_spec& spec, std::vector<void*> objects) {
  const model_info& info = require_table(info_of(spec));
  static_cast<void>(require_deleted_at(info));
  const bool one_by_one = info.writes_parents || hearing(*require_source(call.source), info) != nullptr;
  co_await write_marks(call, info, objects, [&](lease& held) {
    return one_by_one ? write_each(held, spec, objects, outcome::object_restored)
                      : restore_together(held, info, objects);
  });
}

task<void> operation_core::write_in_bulk() {
  const model_info& info = *written_by(run_.core);
  const auto run = [&](lease& held) { return run_bulk(held, run_, info); };
  const verb_call call{source_, run_.from};
  if (const event_registry* const registry = hearing_bulk(*source_, info)) {
    static_cast<void>(co_await tell_around(call, *registry, before_bulk(run_.core, info), info, run));
  } else {
    static_cast<void>(co_await in_transaction<std::int64_t>(call, run));
  }
}

}  // namespace tupelo::detail
