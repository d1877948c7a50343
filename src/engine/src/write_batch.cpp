// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/write_batch.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo::detail {

namespace {

/// A generated key, also one of a type of the user's own that is stored as a number.
std::int64_t key_number(const field_slot& slot, const void* value) {
  if (slot.k != kind::mapped) return load_integer(slot, value);
  std::int64_t number = 0;
  load_mapped(slot, value, [&](const void* stored) { number = load_integer(stored_slot(slot), stored); });
  return number;
}

/// SQL gives returned rows no order; the database numbers the rows of one statement in the order in which they stand
/// there.
void sort_keys(const model_info& info, const std::vector<void*>& objects) {
  const field_slot slot = info.fields[info.key[0]].slot();
  std::vector<std::int64_t> ids;
  ids.reserve(objects.size());
  for (const void* const object : objects) ids.push_back(key_number(slot, value_of(slot, object)));
  // Descending: a sequence that counts down.
  if (std::is_sorted(ids.begin(), ids.end()) || std::is_sorted(ids.rbegin(), ids.rend())) return;
  std::sort(ids.begin(), ids.end());
  for (std::size_t i = 0; i < objects.size(); ++i) set_generated_key(info, objects[i], ids[i]);
}

/// Counting keys spares the database the returning of rows; triggers may insert rows of their own in between.
task<bool> may_count_keys(query_source& source, const model_info& info, std::size_t count) {
  const dialect& target = source.sql_dialect();
  if (!target.features().consecutive_ids || count < 8) co_return false;
  bool triggers = co_await raw_query<bool>(&source, target.triggers_query(), info.table).one();
  co_return !triggers;
}

}  // namespace

write_batch::step& write_batch::add(verb what, const model_info& info) {
  step& added = steps_.emplace_back();
  added.what = what;
  added.info = &info;
  return added;
}

void* write_batch::add_key(void* self) {
  step& of = *static_cast<step*>(self);
  return of.objects[std::min(of.returned++, of.objects.size() - 1)];
}

task<void> write_batch::insert(const model_info& info, void* const* objects, std::size_t count) {
  const std::int64_t now = time_of_writing(info);
  std::vector<bool> generated(count);
  bool any_generated = false;
  for (std::size_t i = 0; i < count; ++i) {
    generated[i] = prepare_for_insert(info, objects[i], now);
    any_generated = any_generated || generated[i];
  }
  bool counted = false;
  if (any_generated && info.computed.empty()) counted = co_await may_count_keys(source_, info, count);
  std::size_t most = rows_per_insert(source_.sql_dialect().features(), info.columns.size());
  // DEFAULT VALUES takes no rows; and nothing says which of several returned rows is which object's.
  if ((info.columns.size() == 1 && info.generated_key) || !info.computed.empty()) most = 1;
  for (std::size_t i = 0; i < count;) {
    std::size_t same = 1;
    while (i + same < count && same < most && generated[i + same] == generated[i]) ++same;
    std::size_t rows = 1;
    while (rows * 2 <= same) rows *= 2;
    step& added = add(verb::insert, info);
    const bool returned = (generated[i] && !counted) || !info.computed.empty();
    added.counted = generated[i] && counted;
    added.objects.assign(objects + i, objects + i + rows);
    make_insert(added.run.core, info, !generated[i], static_cast<std::uint16_t>(rows), returned);
    added.run.objects = added.objects.data();
    if (returned) added.run.sink = {&added, &add_key};
    i += rows;
    waiting_objects_ += rows;
    if (is_full()) co_await run();
  }
}

void write_batch::update(const model_info& info, void* object, const std::uint16_t* fields, std::size_t count) {
  step& added = add(verb::update, info);
  added.objects.push_back(object);
  ++waiting_objects_;
  make_update(added.run.core, info, fields, count);
  added.run.objects = added.objects.data();
}

task<void> write_batch::update_all(const model_info& info, void* const* objects, std::size_t count,
                                   const std::uint16_t* fields, std::size_t field_count) {
  const std::size_t identity = info.key.size() + (info.version >= 0 ? 1U : 0U);
  if (fields == nullptr && info.columns.size() == identity) co_return;  // nothing but a key
  const std::size_t columns = fields == nullptr ? info.columns.size() : field_count + identity;
  const std::size_t most = rows_per_insert(source_.sql_dialect().features(), columns);
  for (std::size_t i = 0; i < count;) {
    std::size_t rows = most;
    while (rows > count - i) rows /= 2;
    step& added = add(verb::update, info);
    added.objects.assign(objects + i, objects + i + rows);
    if (rows == 1) {
      make_update(added.run.core, info, fields, field_count);
    } else {
      make_update_of(added.run.core, info, fields, field_count, static_cast<std::uint16_t>(rows));
    }
    added.run.objects = added.objects.data();
    i += rows;
    waiting_objects_ += rows;
    if (is_full()) co_await run();
  }
}

void write_batch::erase(const model_info& info, void* object, std::int64_t now_us, bool permanently) {
  step& added = add(verb::erase, info);
  added.objects.push_back(object);
  ++waiting_objects_;
  make_erase(added.run.core, info, now_us, permanently);
  added.run.objects = added.objects.data();
}

template <class MakeOne, class Make>
task<void> write_batch::write_lists(verb what, const model_info& info, void* const* objects, std::size_t count,
                                    MakeOne make_one, Make make) {
  const bool lists = erases_by_list(info);
  for (std::size_t i = 0; i < count;) {
    std::size_t same = 1;
    if (lists && i + 1 < count) {
      const std::vector<std::uint64_t> group = erase_group(info, objects[i]);
      while (i + same < count && same < most_keys && erase_group(info, objects[i + same]) == group) ++same;
    }
    std::size_t rows = 1;
    while (rows * 2 <= same) rows *= 2;
    step& added = add(what, info);
    added.objects.assign(objects + i, objects + i + rows);
    if (rows == 1) {
      make_one(added.run.core);
      added.run.objects = added.objects.data();
    } else {
      make(added.run.core, objects + i, rows);
    }
    waiting_objects_ += rows;
    i += rows;
    if (is_full()) co_await run();
  }
}

task<void> write_batch::erase_all(const model_info& info, void* const* objects, std::size_t count, std::int64_t now_us,
                                  bool permanently) {
  return write_lists(
      verb::erase, info, objects, count,
      [&info, now_us, permanently](query_core& core) { make_erase(core, info, now_us, permanently); },
      [&info, now_us, permanently](query_core& core, void* const* first, std::size_t rows) {
        make_erase_of(core, info, now_us, permanently, first, rows);
      });
}

task<void> write_batch::restore_all(const model_info& info, void* const* objects, std::size_t count,
                                    std::int64_t now_us) {
  return write_lists(
      verb::restore, info, objects, count, [&info, now_us](query_core& core) { make_restore(core, info, now_us); },
      [&info, now_us](query_core& core, void* const* first, std::size_t rows) {
        make_restore_of(core, info, now_us, first, rows);
      });
}

void write_batch::clear() noexcept {
  steps_.clear();
  next_ = waiting_objects_ = 0;
}

// ---- running

task<void> write_batch::run() { return run_waiting(nullptr); }

bool write_batch::can_commit(const lease& on) const noexcept {
  const std::size_t waiting = steps_.size() - next_;
  // A key that the field may not be able to hold must be read before the rows are committed.
  for (std::size_t i = next_; i != steps_.size(); ++i) {
    const step& waits = steps_[i];
    if (waits.run.sink.add == nullptr) continue;
    if (!waits.info->computed.empty() || waits.info->fields[waits.info->key[0]].slot().k != kind::i64) return false;
  }
  return waiting != 0 && waiting <= most_checked_steps && on.transaction_depth() == 1 && on.gains_by_joined_commit() &&
         on.sql_dialect().features().checked_writes;
}

task<void> write_batch::run_and_commit(lease& on) {
  for (std::size_t i = next_; i != steps_.size(); ++i) {
    step& checked = steps_[i];
    checked.run.core.word(make_word(op::all_written, 0, static_cast<std::uint16_t>(checked.objects.size())));
  }
  return run_waiting(&on);
}

task<void> write_batch::run_waiting(lease* committed_on) {
  const std::size_t first = next_;
  next_ = steps_.size();
  waiting_objects_ = 0;
  if (first == next_) co_return;
  std::vector<statement_run*> runs;
  runs.reserve(next_ - first);
  for (std::size_t i = first; i != next_; ++i) runs.push_back(&steps_[i].run);
  statement_group group{runs.data(), runs.size()};
  std::exception_ptr failure;
  std::size_t failed = runs.size();
  try {
    if (committed_on != nullptr) {
      co_await committed_on->commit(group);
    } else if (runs.size() == 1) {
      const task_context& context = co_await current_context();
      group.failed = 0;
      if (!source_.try_run(*runs[0], context)) co_await source_.run(*runs[0]);
      runs[0]->done = true;
    } else {
      co_await source_.run_group(group);
    }
  } catch (const database_error& e) {
    failure = std::current_exception();
    failed = group.failed;
    if (committed_on != nullptr && failed != runs.size() && source_.sql_dialect().says_not_all_written(e.sqlstate())) {
      try {
        throw_not_done(steps_[first + failed]);
      } catch (...) {
        failure = std::current_exception();
      }
    }
  } catch (...) {
    failure = std::current_exception();
    failed = group.failed;
  }
  for (std::size_t i = 0; i != runs.size(); ++i) {
    if (!runs[i]->done) {
      if (committed_on != nullptr && !failure && steps_[first + i].run.sink.add != nullptr) {
        failed = i;
        failure = std::make_exception_ptr(query_error(
            "the transaction is committed, but a row that an INSERT into \"" + steps_[first + i].info->table +
            "\" returned could not be read, so that keys of its objects are not known: read them again "
            "instead of adding them once more"));
      }
      continue;
    }
    try {
      judge(steps_[first + i]);
    } catch (...) {
      if (failure && failed <= i) continue;
      failure = std::current_exception();
      failed = i;
    }
  }
  if (failure) std::rethrow_exception(failure);
}

void write_batch::judge(step& judged) {
  const statement_run& run = judged.run;
  const std::size_t rows = judged.objects.size();
  if (judged.what != verb::insert) {
    if (run.affected != static_cast<std::int64_t>(rows)) throw_not_done(judged);
  } else if (run.sink.add != nullptr) {
    if (run.row_count != rows) throw_not_done(judged);
    if (rows > 1) sort_keys(*judged.info, judged.objects);
  } else if (judged.counted) {
    std::int64_t id = run.last_insert_id - static_cast<std::int64_t>(rows) + 1;
    for (void* const object : judged.objects) set_generated_key(*judged.info, object, id++);
  }
  judged.done = true;
}

void write_batch::throw_not_done(const step& failed) {
  if (failed.what == verb::insert) throw_not_all_inserted(*failed.info, failed.objects.size());
  if (failed.what == verb::restore) throw_not_restored(*failed.info, failed.objects.size());
  throw_not_written(*failed.info, failed.what == verb::erase, failed.compared, failed.objects.size());
}

}  // namespace tupelo::detail
