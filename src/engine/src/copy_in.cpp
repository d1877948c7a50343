// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/copy_in.hpp"

#include "connection_pool.hpp"
#include "observer_list.hpp"
#include "pooled_connection.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/dialect/copy_plan.hpp"
#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <optional>

namespace tupelo::detail {

/// Writes rows of one kind into one table in the transaction of a lease: by COPY, or by INSERTs of many rows.
class bulk_writer {
public:
  /// `columns`: where rows of any struct go; null: the rows are models.
  bulk_writer(lease& held, const model_info& info, const copy_columns* columns)
      : held_(held), connection_(held.connection()), info_(info), columns_(columns) {
    const feature_table& features = held.sql_dialect().features();
    // A table of nothing but what the database makes has no column that could be copied.
    const bool only_key = columns == nullptr && info.generated_key && info.columns.size() == 1 + info.computed.size();
    copies_ = features.copy && !only_key;
    rows_per_insert_ = only_key ? 1 : detail::rows_per_insert(features, info.columns.size());
  }

  task<void> write(void* const* objects, std::size_t count, bool with_key) {
    return copies_ ? copy(objects, count, with_key) : insert(objects, count, with_key);
  }
  /// Ends what is under way.
  task<void> close() {
    if (!open_) co_return;
    co_await step(copy_step::close);
    open_ = false;
    rows_ += request_.affected;
    finish_observed();
  }
  /// After a failure: nothing is under way when it has ended.
  task<void> abort() {
    if (!open_) co_return;
    open_ = false;
    finish_observed();
    request_.failure = nullptr;
    if (!connection_.usable()) co_return;
    request_.copy = copy_step::abort;
    request_.deadline_us = INT64_MAX;
    try {
      if (connection_.runs_inline()) {
        request_.cancellable = false;
        request_.cancellation = nullptr;
        const std::int64_t left_us = time_left_us(co_await current_context());
        request_.deadline_us = rollback_deadline(background_scheduler(), connection_.driver(), left_us).at_us;
        connection_.driver().run(request_);
        if (request_.failure) connection_.note_failure(request_);
      } else {
        co_await request_awaiter(connection_, request_, true);
      }
    } catch (const std::exception&) {  // the connection is lost with it; what came before is told
    }
  }
  std::int64_t rows() const noexcept { return rows_; }

  /// Null: it holds none.
  static pooled_connection* connection_of(const lease& held) {
    return held.holds_connection() ? &held.connection() : nullptr;
  }
  /// The pool that has the lease's connection back only after the last row; null: somebody else has it meanwhile.
  static connection_pool* pool_of(const lease& held) noexcept {
    return held.holds_connection() && held.owns_ ? held.pool_ : nullptr;
  }

private:
  using copy_step = driver::copy_step;

  task<void> copy(void* const* objects, std::size_t count, bool with_key) {
    if (open_ && with_key != with_key_) co_await close();
    if (!open_) co_await open(with_key);
    request_.objects = objects;
    request_.object_count = static_cast<std::uint32_t>(count);
    co_await step(copy_step::rows);
  }

  task<void> open(bool with_key) {
    const dialect& target = held_.sql_dialect();
    plan_ = columns_ != nullptr ? plan_copy(target, columns_->table, columns_->columns, info_)
                                : plan_copy(target, info_, with_key);
    with_key_ = with_key;
    co_await connection_.catch_up();
    request_.plan = &plan_.plan;
    request_.script = plan_.columns_query;
    observed_.emplace(connection_.pool().observers(), request_);
    try {
      co_await step(copy_step::open);
    } catch (...) {
      finish_observed();
      throw;
    }
    open_ = true;
  }

  task<void> step(copy_step which) {
    const task_context& context = co_await current_context();
    context.cancellation.throw_if_cancelled();
    request_.copy = which;
    request_.deadline_us = INT64_MAX;  // the context's is taken
    if (connection_.runs_inline()) {
      connection_.run_inline(request_, context);
      if (request_.failure) std::rethrow_exception(request_.failure);
    } else {
      co_await request_awaiter(connection_, request_);
    }
  }

  task<void> insert(void* const* objects, std::size_t count, bool with_key) {
    for (std::size_t i = 0; i < count;) {
      std::size_t rows = rows_per_insert_;
      while (rows > count - i) rows /= 2;
      if (columns_ != nullptr) {
        co_await insert_into(objects + i, rows);
      } else {
        statement_run run;
        make_insert(run.core, info_, with_key, static_cast<std::uint16_t>(rows), false);
        run.core.finish();
        run.objects = objects + i;
        const task_context& context = co_await current_context();
        if (!held_.try_run(run, context)) co_await held_.run(run);
      }
      rows_ += static_cast<std::int64_t>(rows);
      i += rows;
    }
  }

  task<void> insert_into(void* const* objects, std::size_t rows) {
    if (rows != insert_plan_.rows_per_statement || insert_plan_.text.empty()) {
      insert_plan_ =
          plan_insert(held_.sql_dialect(), columns_->table, columns_->columns, info_, static_cast<std::uint32_t>(rows));
    }
    co_await connection_.catch_up();
    driver::request request;
    request.plan = &insert_plan_;
    request.objects = objects;
    const observed_statement observed(connection_.pool().observers(), request);
    const task_context& context = co_await current_context();
    std::exception_ptr failure;
    try {
      if (connection_.runs_inline()) {
        connection_.run_inline(request, context);
      } else {
        co_await request_awaiter(connection_, request);
      }
    } catch (...) {
      failure = std::current_exception();
    }
    observed.finish(request);
    if (!failure) failure = request.failure;
    if (failure) std::rethrow_exception(failure);
  }

  void finish_observed() noexcept {
    if (!observed_) return;
    observed_->finish(request_);
    observed_.reset();
  }

  lease& held_;
  pooled_connection& connection_;
  const model_info& info_;
  const copy_columns* columns_;
  bool copies_ = false;
  std::size_t rows_per_insert_ = 1;

  copy_plan plan_;
  statement_plan insert_plan_;
  driver::request request_;
  std::optional<observed_statement> observed_;  ///< one statement from its first row to its last
  bool open_ = false;
  bool with_key_ = false;
  std::int64_t rows_ = 0;
};

namespace {

/// Prepares models as insert() would.
class model_preparation {
public:
  explicit model_preparation(const model_info& info) : info_(info), now_us_(time_of_writing(info)) {
    const field_info* const key = info.key.size() == 1 ? &info.fields[info.key[0]] : nullptr;
    const bool makes_key = key != nullptr && key->is(field_client_uuid);
    changes_ = makes_key || info.created_at >= 0 || info.updated_at >= 0 || info.version >= 0;
    generates_key_ = key != nullptr && key->is(field_generated);
    if (generates_key_ && !changes_ && key->type->k == kind::i64 && !key->type->nullable) offset_ = key->offset;
  }
  /// Whether inserting an object may change it.
  bool changes() const noexcept { return changes_; }
  /// Whether the object's key is left to the database.
  bool prepare(void* object) const {
    if (offset_ >= 0) [[likely]] {  // nothing else is to be seen to
      std::int64_t key = 0;
      std::memcpy(&key, static_cast<const char*>(object) + offset_, sizeof key);
      return key == 0;
    }
    if (!changes_) return generates_key_ && has_empty_key(info_, object);
    return prepare_for_insert(info_, object, now_us_);
  }

private:
  const model_info& info_;
  std::int64_t now_us_;
  int offset_ = -1;  ///< of a generated key that is a plain 64-bit number
  bool changes_ = false;
  bool generates_key_ = false;
};

/// Models in groups that leave their keys to the database or do not.
task<void> write_models(bulk_writer& writer, const model_preparation& preparation, void* const* objects,
                        std::size_t count) {
  constexpr std::size_t ahead = 16;  // objects are met here first: what comes next is on its way meanwhile
  if (count == 0) co_return;
  bool generated = preparation.prepare(objects[0]);
  for (std::size_t i = 0; i < count;) {
    std::size_t end = i + 1;
    bool next = generated;
    for (; end < count; ++end) {
      if (end + ahead < count) __builtin_prefetch(objects[end + ahead]);
      if ((next = preparation.prepare(objects[end])) != generated) break;
    }
    co_await writer.write(objects + i, end - i, !generated);
    i = end;
    generated = next;
  }
}

/// Waits for rows in a context of its own, by which is known who asks for the connection that they go to.
task<void> gather_for(connection_pool& pool, copy_feed& feed, const task_context& around) {
  struct entry {
    entry(connection_pool& of, const task_context& own, const task_context& around) : pool(of) {
      noted.own = &own;
      noted.around = &around;
      noted.copies = true;
      pool.add_stream(noted);
    }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() { pool.remove_stream(noted); }
    connection_pool& pool;
    held_streams::reader noted;
  };
  const task_context& own = co_await current_context();
  const entry entered(pool, own, around);
  co_await feed.gather();
}

/// The rows that are to be written next. While they are made, the connection that they go to takes nothing else.
task<std::size_t> next_rows(copy_feed& feed, void** objects, bool writable, lease& held_for) {
  struct reservation {
    explicit reservation(pooled_connection* made) noexcept : connection(made) {
      if (connection != nullptr) connection->awaits_rows = true;
    }
    reservation(const reservation&) = delete;
    reservation& operator=(const reservation&) = delete;
    ~reservation() {
      if (connection != nullptr) connection->awaits_rows = false;
    }
    pooled_connection* connection;
  };
  const reservation reserved(bulk_writer::connection_of(held_for));
  if (feed.waits()) {
    if (connection_pool* const pool = bulk_writer::pool_of(held_for)) {
      co_await with_deadline(gather_for(*pool, feed, co_await current_context()), deadline::never());
    } else {
      co_await feed.gather();
    }
  }
  co_return feed.next(objects, writable);
}

}  // namespace

task<std::int64_t> copy_all(verb_call call, const model_spec& row, copy_feed& feed, const copy_columns* columns) {
  const model_info& info = columns != nullptr ? info_of(row) : require_table(info_of(row));
  const model_preparation preparation(info);
  const bool writable = columns == nullptr && preparation.changes();
  std::array<void*, copy_feed::most> objects{};
  lease held;
  // Who has a connection of his own has it refused from the first row on, however many come.
  query_source* const source = require_source(call.source);
  const bool has_connection = source->in_transaction() || dynamic_cast<lease*>(source) != nullptr;
  if (has_connection) held = co_await source->acquire(call.from);
  std::size_t count = co_await next_rows(feed, objects.data(), writable, held);
  if (count == 0) co_return std::int64_t{0};
  if (!has_connection) held = co_await source->acquire(call.from);
  co_await held.begin();
  std::exception_ptr failure;
  bulk_writer writer(held, info, columns);
  const event_registry* registry = columns == nullptr ? source->listening() : nullptr;
  if (registry != nullptr && !registry->hears_of_bulk(info)) registry = nullptr;
  try {
    if (registry != nullptr) co_await registry->tell(bulk_event::inserting, {info, 0}, held);
    while (count != 0) {
      if (columns == nullptr) {
        co_await write_models(writer, preparation, objects.data(), count);
      } else {
        co_await writer.write(objects.data(), count, true);
      }
      count = co_await next_rows(feed, objects.data(), writable, held);
    }
    co_await writer.close();
    if (registry != nullptr) co_await registry->tell(bulk_event::inserted, {info, writer.rows()}, held);
    co_await held.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return writer.rows();
  co_await writer.abort();
  co_await held.rollback_after_failure();
  std::rethrow_exception(failure);
}

}  // namespace tupelo::detail
