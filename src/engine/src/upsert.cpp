// SPDX-License-Identifier: Apache-2.0
#include "object_events.hpp"
#include "run_now.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

namespace tupelo::detail {

namespace {

/// An INSERT with its clause, whose row comes back into the object.
void make_upsert(statement_run& run, const model_info& info, void* const& object, const expression& conflict,
                 std::int64_t now_us) {
  const bool generated = prepare_for_insert(info, object, now_us);
  prepare_for_update(info, object, now_us);  // an object that was read before brings an old time
  make_insert(run.core, info, !generated, 1, false);
  run.core.shape.append(conflict.shape);
  run.core.values.append(conflict.values);
  run.core.word(make_word(op::returning_row));
  run.objects = &object;
  run.sink = {object, &add_only_row};
}

/// What `make_upsert` says in the object itself.
std::vector<std::uint16_t> prepared_fields(const model_info& info) {
  std::vector<std::uint16_t> fields;
  for (const int at : {info.created_at, info.updated_at, info.version}) {
    if (at >= 0) fields.push_back(static_cast<std::uint16_t>(at));
  }
  if (info.key.size() == 1 && info.fields[info.key[0]].is(field_client_uuid)) fields.push_back(info.key[0]);
  return fields;
}

/// What fields of objects hold before they are written, which may come to nothing.
class values_before {
public:
  values_before(const model_info& info, const std::vector<std::uint16_t>& fields, const std::vector<void*>& objects)
      : info_(info), fields_(fields), objects_(objects) {
    inline_word_buffer<96> words;
    for (const void* const object : objects) {
      for (const std::uint16_t i : fields) {
        const field_slot slot = info.fields[i].slot();
        const void* const value = value_of(slot, object);
        words.push(value != nullptr ? 1 : 0);
        if (value != nullptr) push_value(slot, value, words);
      }
    }
    words_.assign(words.data(), words.data() + words.size);
  }
  /// To the objects but those that are `written`, each at its position.
  void give_back(const std::vector<bool>& written = {}) const {
    const std::uint64_t* next = words_.data();
    for (std::size_t at = 0; at != objects_.size(); ++at) {
      const bool changed = at >= written.size() || !written[at];
      for (const std::uint16_t i : fields_) {
        const field_slot slot = info_.fields[i].slot();
        if (*next++ == 0) {
          if (changed) store_null(slot, objects_[at]);
          continue;
        }
        if (changed) store_words(slot, field_for_value(slot, objects_[at]), next);
        next += words_of_value(stored_type(*slot.type).k, next);
      }
    }
  }

private:
  const model_info& info_;
  const std::vector<std::uint16_t>& fields_;
  const std::vector<void*>& objects_;
  std::vector<std::uint64_t> words_;
};

task<std::int64_t> run_upsert(query_source& source, const model_info& info, void* object, expression conflict) {
  const std::vector<void*> objects = {object};
  const std::vector<std::uint16_t> prepared = prepared_fields(info);
  const values_before before(info, prepared, objects);
  statement_run run;
  make_upsert(run, info, objects[0], conflict, time_of_writing(info));
  try {
    co_await run_now(source, run);
  } catch (...) {
    before.give_back();
    throw;
  }
  if (run.row_count == 0) before.give_back();
  co_return static_cast<std::int64_t>(run.row_count);
}

/// Does `work(held)` in a transaction; the objects are as they were where it is not committed.
template <class Work>
task<std::int64_t> write_whole(verb_call call, const model_info& info, const std::vector<void*>& objects, Work work) {
  const values_before before(info, info.columns, objects);
  bool committed = false;
  std::exception_ptr failure;
  try {
    co_return co_await in_transaction<std::int64_t>(call, std::move(work), [&committed] { committed = true; });
  } catch (...) {
    failure = std::current_exception();
  }
  if (!committed) before.give_back();
  std::rethrow_exception(failure);
}

/// Some at a time: what is sent together is held in memory as a whole.
task<std::int64_t> run_upserts(query_source& source, const model_info& info, const std::vector<void*>& objects,
                               const expression& conflict, std::vector<bool>& written) {
  constexpr std::size_t most = 256;
  const std::vector<std::uint16_t> prepared = prepared_fields(info);
  const values_before before(info, prepared, objects);
  const std::int64_t now = time_of_writing(info);
  std::int64_t rows = 0;
  for (std::size_t from = 0; from < objects.size(); from += most) {
    std::vector<statement_run> runs(std::min(most, objects.size() - from));
    std::vector<statement_run*> waiting;
    for (std::size_t i = 0; i != runs.size(); ++i) {
      make_upsert(runs[i], info, objects[from + i], conflict, now);
      runs[i].core.finish();
      waiting.push_back(&runs[i]);
    }
    statement_group group{waiting.data(), waiting.size()};
    co_await source.run_group(group);
    for (const statement_run& run : runs) {
      written.push_back(run.row_count != 0);
      rows += static_cast<std::int64_t>(run.row_count);
    }
  }
  before.give_back(written);
  co_return rows;
}

}  // namespace

task<bool> upsert(verb_call call, const model_spec& spec, void* object, expression conflict) {
  const model_info& info = require_table(info_of(spec));
  const event_registry* const registry = hearing_bulk(*require_source(call.source), info);
  if (registry == nullptr) co_return co_await run_upsert(*call.source, info, object, std::move(conflict)) != 0;
  const std::vector<void*> objects = {object};
  const auto one = [&](lease& held) {
    return tell_of(registry, &info, bulk_event::inserting, held,
                   [&] { return run_upsert(held, info, object, std::move(conflict)); });
  };
  co_return co_await write_whole(call, info, objects, one) != 0;
}

task<std::vector<bool>> upsert_all(verb_call call, const model_spec& spec, std::vector<void*> objects,
                                   expression conflict) {
  const model_info& info = require_table(info_of(spec));
  std::vector<bool> written;
  if (objects.empty()) co_return written;
  const event_registry* const registry = hearing_bulk(*require_source(call.source), info);
  const auto all = [&](lease& held) {
    return tell_of(registry, registry == nullptr ? nullptr : &info, bulk_event::inserting, held,
                   [&] { return run_upserts(held, info, objects, conflict, written); });
  };
  static_cast<void>(co_await write_whole(call, info, objects, all));
  co_return written;
}

}  // namespace tupelo::detail
