// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/operation.hpp"

#include "relation_loader.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/dialect/inlined_text.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

namespace tupelo {

task<void> query_source::begin_unit() { co_return; }

}  // namespace tupelo

namespace tupelo::detail {

void throw_no_source() {
  throw query_error(
      "this query was built without a database: take it from one (db.query<T>()), or bind it with db.bind(query)");
}

load_list& operation_core::loads() {
  if (run_.core.shape.size == 0 || op_of(run_.core.shape.data()[0]) != op::select_from || means_ == outcome::affected) {
    throw query_error("with() loads relations of the objects that a query, get() or find() reads; load() them later "
                      "where they come from elsewhere");
  }
  return run_.core.loads;
}

void operation_core::prepare() {
  require_source(source_);
  if (spec_) {
    const model_info& info = require_table(info_of(*spec_));
    const std::int64_t now = now_ = time_of_writing(info);
    if (means_ == outcome::object_inserted) {
      const bool generated = prepare_for_insert(info, object_, now);
      const bool ask_for_key = generated && !source_->sql_dialect().features().last_insert_id;
      const bool returned = ask_for_key || !info.computed.empty();
      make_insert(run_.core, info, !generated, 1, returned);
      if (returned) run_.sink = {object_, &add_only_row};
    } else if (means_ == outcome::object_updated) {
      prepare_for_update(info, object_, now);
      make_update(run_.core, info, nullptr, 0);
    } else if (means_ == outcome::object_restored) {
      prepare_for_update(info, object_, now);
      make_restore(run_.core, info, now);
    } else {
      make_erase(run_.core, info, now, means_ == outcome::object_erased_permanently);
    }
    run_.objects = &object_;
  }
  run_.core.finish();
}

bool operation_core::start(const task_context& context) noexcept {
  try {
    if (writes() && takes_more()) [[unlikely]] {
      takes_more_ = true;
      return false;
    }
    prepare();
    if (!run_.core.loads.empty() || tells_loaded(*source_, run_.core)) [[unlikely]]
      return false;
    if (begins_unit_ && !source_->in_transaction()) return false;
    return source_->try_run(run_, context);
  } catch (...) {
    failure_ = std::current_exception();
    return true;
  }
}

std::coroutine_handle<> operation_core::start_waiting(const task_context& context, std::coroutine_handle<> awaiting) {
  waiting_ = wait();
  task_access::promise(waiting_).start_under(context, awaiting);
  return task_access::handle(waiting_);
}

task<void> operation_core::wait() {
  try {
    if (begins_unit_) co_await source_->begin_unit();
    if (takes_more_) {
      co_await run_more();
    } else if (run_.core.loads.empty() && !tells_loaded(*source_, run_.core)) {
      co_await source_->run(run_);
    } else {
      co_await run_with_relations(*source_, run_, means_ != outcome::rows);
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void operation_core::run_blocking() {
  if (start(default_task_context())) return;
  tupelo::sync_wait(wait());
}

void operation_core::run_into(void* result) {
  run_.sink.rows = result;
  run_blocking();
  finish();
}

void operation_core::finish() {
  if (failure_) [[unlikely]]
    std::rethrow_exception(failure_);
  judge();
  settle();
}

void operation_core::judge() const {
  switch (means_) {
    case outcome::rows:
    case outcome::affected:
    case outcome::written: return;
    case outcome::exactly_one:
      if (run_.row_count == 1) [[likely]]
        return;
      if (run_.row_count == 0) throw not_found("one() found no row; use first() where there may be none");
      throw too_many_rows("one() found more than one row; narrow the condition, or use first() or all()");
    case outcome::found:
      if (run_.row_count == 1) [[likely]]
        return;
      throw not_found("get() found no row with this key in \"" +
                      info_of(*find_spec(model_of(run_.core.shape.data()[0]))).table +
                      "\"; use find() where there may be none");
    case outcome::object_inserted: {
      const model_info& info = info_of(*spec_);
      if (run_.sink.add && run_.row_count != 1) throw_not_all_inserted(info, 1);
      return;
    }
    case outcome::object_updated:
    case outcome::object_erased:
    case outcome::object_erased_permanently:
    case outcome::object_restored: {
      const model_info& info = info_of(*spec_);
      const bool erased = means_ == outcome::object_erased || means_ == outcome::object_erased_permanently;
      if (run_.affected == 1) return;
      if (means_ == outcome::object_restored) throw_not_restored(info);
      throw_not_written(info, erased);
      return;
    }
  }
}

void operation_core::settle() {
  if (settled_) return;
  if (means_ == outcome::object_updated) return count_version(info_of(*spec_), object_);
  if (means_ == outcome::object_restored) return note_restored(info_of(*spec_), object_);
  if (marks_object()) return note_marked(info_of(*spec_), object_, now_);
  if (means_ == outcome::object_inserted && leaves_key() && !run_.sink.add)
    set_generated_key(info_of(*spec_), object_, run_.last_insert_id);
}

bool operation_core::marks_object() const {
  return notes_mark_ && means_ == outcome::object_erased && info_of(*spec_).deleted_at >= 0;
}

bool operation_core::leaves_key() const noexcept {
  return info_of(*spec_).generated_key && run_.core.shape.size != 0 &&
         sub_of(run_.core.shape.data()[0]) == insert_without_key;
}

// ---- in a pipeline

statement_run& operation_core::prepare_for(query_source& runner) {
  if (source_ == nullptr) source_ = &runner;
  if (source_ != &runner) {
    throw query_error("the operation was built from another database, lease or session than the one whose pipeline() "
                      "it is given to: build it from that one");
  }
  refuse_in_pipeline();
  prepare();
  return run_;
}

bool operation_core::writes() const noexcept {
  return run_.core.shape.size == 0 || op_of(run_.core.shape.data()[0]) != op::select_from;
}

bool operation_core::has_verdict() const noexcept {
  switch (means_) {
    case outcome::rows: return run_.sink.add != nullptr;
    case outcome::affected:
    case outcome::written: return false;
    case outcome::exactly_one:
    case outcome::found:
    case outcome::object_inserted:
    case outcome::object_updated:
    case outcome::object_erased:
    case outcome::object_erased_permanently:
    case outcome::object_restored: return true;
  }
  return true;
}

void operation_core::unsettle() noexcept {
  if (means_ == outcome::object_inserted && leaves_key()) set_generated_key(info_of(*spec_), object_, 0);
}

void operation_core::limit_rows(std::uint32_t rows) noexcept {
  query_core& core = run_.core;
  if (op_of(core.shape.data()[0]) == op::raw_sql) {
    run_.fetch = rows;  // the text is the user's: stop reading instead
  } else if (!core.has_limit() || core.limit() > rows) {
    core.limit(rows);
  }
}

std::string render_text(query_core core, query_source* source) {
  core.finish();
  return require_source(source)->sql_dialect().render(core.shape.data(), core.shape.size).text;
}

std::string render_text(query_core core, query_source* source, inlined_values) {
  core.finish();
  const dialect& target = require_source(source)->sql_dialect();
  return inlined_text(target, target.render(core.shape.data(), core.shape.size), core.values.data());
}

std::int64_t rows_in_chunks(query_core& core, std::size_t rows) {
  if (rows == 0) throw query_error("chunk() takes 1 row at a time or more");
  if (!core.has_limit()) return INT64_MAX;
  if (core.limit() < 0) throw query_error("limit() takes numbers from 0 on; this query has a negative one");
  core.drop_limit();
  return core.limit();
}
void check_page(const query_core& core, std::int64_t number, std::int64_t size) {
  if (core.has_limit() || core.has_offset())
    throw query_error("page(number, size) says itself which rows it wants: leave out limit() and offset()");
  if (number < 1 || size < 1)
    throw query_error("page(number, size): pages are numbered from 1, and a page has at least 1 item");
  if (number > INT64_MAX / size)
    throw query_error("page(number, size): number times size is more than a database can count");
}

}  // namespace tupelo::detail
