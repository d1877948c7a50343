// SPDX-License-Identifier: Apache-2.0
#include "join_writer.hpp"

#include "loaded_batch.hpp"
#include "run_now.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <algorithm>
#include <iterator>

namespace tupelo::detail {

namespace {

/// In statements of as many keys as powers of two allow.
template <class Make>
task<std::int64_t> run_in_parts(query_source& source, std::size_t count, Make make) {
  std::int64_t written = 0;
  for (std::size_t from = 0; from < count;) {
    std::size_t rows = most_keys;
    while (rows > count - from) rows /= 2;
    written += co_await run_write(source, make(from, rows));
    from += rows;
  }
  co_return written;
}

/// Each by itself, in as few round trips as the database allows; `note(i, rows)` says what each has written.
template <class Note>
task<std::int64_t> run_one_by_one(query_source& source, std::vector<statement_run> runs, Note note) {
  std::vector<statement_run*> waiting;
  for (statement_run& run : runs) {
    run.core.finish();
    waiting.push_back(&run);
  }
  for (std::size_t from = 0; from < waiting.size(); from += most_keys) {
    statement_group group{waiting.data() + from, std::min<std::size_t>(most_keys, waiting.size() - from)};
    co_await source.run_group(group);
  }
  std::int64_t written = 0;
  for (std::size_t i = 0; i != runs.size(); ++i) {
    written += runs[i].affected;
    note(i, runs[i].affected);
  }
  co_return written;
}

task<std::int64_t> insert_rows(query_source& source, const join_table& table, const model_info& info,
                               std::vector<void*> rows, bool generated) {
  const std::size_t most = rows_per_insert(source.sql_dialect().features(), info.columns.size());
  const task_context& context = co_await current_context();
  std::int64_t written = 0;
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t count = most;
    while (count > rows.size() - from) count /= 2;
    statement_run run;
    make_insert(run.core, info, !generated, static_cast<std::uint16_t>(count), false);
    table.add_conflict(run.core);
    run.objects = rows.data() + from;
    if (!source.try_run(run, context)) co_await source.run(run);
    written += run.affected;
    from += count;
  }
  co_return written;
}

const model_info* model_of_rows(const join_table& table, const join_rows& rows, const std::optional<join_row>& with) {
  if (with) return &require_table(info_of(*with->ops->spec));
  return rows.joins != nullptr ? &info_of(*rows.joins->spec) : join_model(table.keys());
}

}  // namespace

std::optional<join_writer::side> join_writer::side_of(const join_table& table, const parent_link& link) {
  const relation_info& relation = *table.keys().relation;
  for (const bool is_owner : {true, false}) {
    const std::vector<std::string>& columns = is_owner ? relation.join_key : relation.join_related_key;
    side found{&link, is_owner, {}};
    for (const std::uint16_t field : link.key->fields) {
      const auto at = std::find(columns.begin(), columns.end(), link.child->fields[field].column);
      if (at != columns.end()) found.parts.push_back(static_cast<std::size_t>(at - columns.begin()));
    }
    if (found.parts.size() == link.key->fields.size()) return found;
  }
  return std::nullopt;
}

join_writer::join_writer(const join_table& table, const join_rows& rows, const std::optional<join_row>& with,
                         join_counts* counts)
    : table_(table), with_(with), counts_(counts != nullptr ? *counts : own_), writes_(counts == nullptr) {
  const model_info* const model = model_of_rows(table, rows, with);
  if (model == nullptr || !model->writes_parents || model->table != table.name()) return;
  for (const parent_link& link : counts_.links_of(*model)) {
    if (auto found = side_of(table, link)) sides_.push_back(std::move(*found));
  }
}

void join_writer::note(const side& of, const std::uint64_t* key, std::int64_t rows) {
  const relation_keys& keys = table_.keys();
  std::vector<const std::uint64_t*> begins;
  const std::size_t parts = of.is_owner ? keys.pairs.size() : keys.related_key.size();
  for (std::size_t i = 0; i != parts; ++i) {
    begins.push_back(key);
    key += words_of_value(key_kind(*(of.is_owner ? keys.pairs[i].own : keys.related_key[i])), key);
  }
  begins.push_back(key);
  std::vector<std::uint64_t> words;
  for (const std::size_t part : of.parts) words.insert(words.end(), begins[part], begins[part + 1]);
  counts_.changes.add(*of.link, std::move(words), rows);
}

void join_writer::note_owner(std::int64_t rows) {
  if (rows == 0) return;
  for (const side& each : sides_) {
    if (each.is_owner) note(each, table_.owner().data(), rows);
  }
}

void join_writer::note(const key_index& keys, std::uint32_t number, std::int64_t rows) {
  if (rows == 0) return;
  note_owner(rows);
  for (const side& each : sides_) {
    if (!each.is_owner) note(each, keys.key(number), rows);
  }
}

task<std::int64_t> join_writer::insert(query_source& in, const key_index& keys, std::vector<std::uint32_t> some) {
  if (with_) co_return co_await insert_like(in, keys, some);
  if (!counts()) {
    co_return co_await run_in_parts(
        in, some.size(), [&](std::size_t from, std::size_t count) { return table_.insert(keys, some, from, count); });
  }
  std::vector<statement_run> runs;
  for (std::size_t i = 0; i != some.size(); ++i) runs.emplace_back(table_.insert(keys, some, i, 1));
  co_return co_await run_one_by_one(in, std::move(runs),
                                    [&](std::size_t i, std::int64_t rows) { note(keys, some[i], rows); });
}

task<std::int64_t> join_writer::insert_like(query_source& in, const key_index& keys,
                                            const std::vector<std::uint32_t>& some) {
  const model_info& info = info_of(*with_->ops->spec);
  const std::int64_t now = time_of_writing(info);
  row_memory made(*with_->ops, 0);
  made.reserve(some.size());
  std::vector<void*> objects;
  bool generated = false;
  for (const std::uint32_t number : some) {
    void* const row = objects.emplace_back(made.add());
    with_->copy(row, with_->row);
    // Each has one of its own.
    if (info.generated_key && info.key.size() == 1) set_generated_key(info, row, 0);
    if (some.size() > 1 && info.key.size() == 1 && info.fields[info.key[0]].is(field_client_uuid)) {
      const field_info& key = info.fields[info.key[0]];
      const uuid none{};
      store_bytes(key.slot(), static_cast<char*>(row) + key.offset, &none, sizeof none);
    }
    table_.connect(info, row, keys, number);
    generated = prepare_for_insert(info, row, now);
  }
  if (!counts()) co_return co_await insert_rows(in, table_, info, objects, generated);
  std::vector<statement_run> runs(objects.size());
  for (std::size_t i = 0; i != objects.size(); ++i) {
    make_insert(runs[i].core, info, !generated, 1, false);
    table_.add_conflict(runs[i].core);
    runs[i].objects = &objects[i];
  }
  co_return co_await run_one_by_one(in, std::move(runs), [&](std::size_t i, std::int64_t rows) {
    if (is_live(info, objects[i])) note(keys, some[i], rows);
  });
}

task<std::int64_t> join_writer::erase(query_source& in, const key_index& keys, std::vector<std::uint32_t> some) {
  if (!counts()) {
    co_return co_await run_in_parts(
        in, some.size(), [&](std::size_t from, std::size_t count) { return table_.erase(keys, some, from, count); });
  }
  std::vector<statement_run> runs;
  for (std::size_t i = 0; i != some.size(); ++i) runs.emplace_back(table_.erase(keys, some, i, 1));
  co_return co_await run_one_by_one(in, std::move(runs),
                                    [&](std::size_t i, std::int64_t rows) { note(keys, some[i], -rows); });
}

task<std::int64_t> join_writer::erase_others(query_source& in, const key_index& keys) {
  const std::int64_t rows = co_await run_write(in, table_.erase_others(keys));
  note_owner(-rows);
  co_return rows;
}

task<std::int64_t> join_writer::erase_all(query_source& in) {
  const std::int64_t rows = co_await run_write(in, table_.erase_all());
  note_owner(-rows);
  co_return rows;
}

task<void> join_writer::write_counts(query_source& in) {
  if (!counts() || !writes_) co_return;
  co_await counts_.changes.write(in, timestamp::now().us);
}

}  // namespace tupelo::detail
