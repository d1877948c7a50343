// SPDX-License-Identifier: Apache-2.0
#include "tupelo/record.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/model/given_fields.hpp"
#include "tupelo/core/error.hpp"

#include <cstdint>
#include <exception>

namespace tupelo::detail {

namespace {

/// Reads the row with the object's key, marked or not, and keeps it as it is until the transaction ends.
task<bool> read_locked(lease& held, const model_info& info, const void* object, void* row) {
  statement_run run;
  run.core = query_core(op::select_from, *info.spec);
  for (const std::uint16_t i : info.key)
    run.core.word(column_ref{info.spec, info.fields[i].offset}.word(op::match_field));
  run.core.word(make_word(op::without_scope, all_scopes));
  run.core.word(make_word(op::with_deleted, every_row));
  if (held.sql_dialect().features().row_locks) run.core.lock(for_update, nullptr);
  run.core.finish();
  run.objects = &object;
  run.sink = {row, [](void* place) { return place; }};
  const task_context& context = co_await current_context();
  if (!held.try_run(run, context)) co_await held.run(run);
  co_return run.row_count != 0;
}

/// What a row keeps where an object that knows nothing of it is written over it: its mark, and when it was made.
void keep_of_row(const model_info& info, const void* row, void* object) {
  given_fields kept;
  if (info.deleted_at >= 0) kept.add(static_cast<std::size_t>(info.deleted_at));
  if (info.created_at >= 0) {
    const field_slot slot = info.fields[static_cast<std::size_t>(info.created_at)].slot();
    const void* const value = value_of(slot, object);
    if (value == nullptr || load_timestamp(slot, value) == 0) kept.add(static_cast<std::size_t>(info.created_at));
  }
  copy_fields(info, row, object, kept);
}

std::int64_t version_of(const model_info& info, const void* object) {
  if (info.version < 0) return 0;
  const field_slot slot = info.fields[static_cast<std::size_t>(info.version)].slot();
  return load_integer(slot, value_of(slot, object));
}

}  // namespace

saving how_to_save(const model_info& info, const void* object) {
  require_table(info);
  const bool is_made = info.key.size() == 1 &&
                       (info.fields[info.key[0]].is(field_generated) || info.fields[info.key[0]].is(field_client_uuid));
  if (is_made) return has_empty_key(info, object) ? saving::insert : saving::update;
  // Without a key there is no row to look for, which update() says.
  return info.key.empty() || version_of(info, object) != 0 ? saving::update : saving::look;
}

task<void> save_by_key(verb_call call, const model_info& info, void* object, void* row) {
  lease held = co_await call.source->acquire(call.from);
  co_await held.begin();
  const std::int64_t version = version_of(info, object);
  std::exception_ptr failure;
  try {
    const bool there = co_await read_locked(held, info, object, row);
    if (there) keep_of_row(info, row, object);
    co_await operation<void>(&held, object, *info.spec, there ? outcome::object_updated : outcome::object_inserted);
    co_await two_step_commit::commit(held);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) {
    co_await two_step_commit::run_hooks(held);
    co_return;
  }
  count_version(info, object, version - version_of(info, object));
  co_await held.rollback_after_failure();
  std::rethrow_exception(failure);
}

void throw_row_is_gone(const model_info& info) {
  throw not_found("refresh(): the row of this object in \"" + info.table + "\" is gone");
}

}  // namespace tupelo::detail
