// SPDX-License-Identifier: Apache-2.0
// Verbs that connect objects by the table between their models.
#include "join_table.hpp"

#include "join_writer.hpp"
#include "object_events.hpp"
#include "row_locks.hpp"
#include "run_now.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/engine/verbs.hpp"

#include <bit>
#include <optional>
#include <utility>

namespace tupelo::detail {

namespace {

std::vector<std::uint32_t> all_of(const key_index& keys) {
  std::vector<std::uint32_t> numbers(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) numbers[i] = i;
  return numbers;
}

/// Numbers the related keys that are in the table: those that are wanted in `found`, the others in `others`.
template <class Key>
task<void> read_connected(query_source& source, const join_table& table, const key_index& wanted,
                          std::vector<bool>& found, key_index& others) {
  std::vector<Key> rows;
  statement_run run(table.select());
  run.sink = {&rows, &vector_sink<std::vector<Key>>::add};
  co_await run_now(source, run);
  key_words key(std::vector<field_slot>{info_of(table.row_spec()).fields[0].slot()});
  for (const Key& row : rows) {
    key.read(&row);
    const std::uint32_t number = wanted.find(key.data(), key.size());
    if (number == key_index::none) {
      others.add(key.data(), key.size());
    } else {
      found[number] = true;
    }
  }
}

enum class join_change : std::uint8_t {
  sync,    ///< those that are wanted, and no others
  toggle,  ///< those that are wanted the other way round, the others as they are
};

/// Who is told of rows of a join table that come and go, if anybody is.
struct join_listeners {
  join_listeners(const query_source& source, const std::string& table, const std::optional<join_row>& with = {})
      : registry(source.listening()) {
    if (registry == nullptr) return;
    model = registry->hears_of_table(table);
    if (with && registry->hears_of_bulk(info_of(*with->ops->spec))) model = &info_of(*with->ops->spec);
  }
  const event_registry* registry;
  const model_info* model = nullptr;  ///< null: nobody
};

/// By keys of several columns, which are not read: what is there is found by writing.
task<join_changes> change_composite(lease& source, const join_listeners& listeners, join_writer& rows,
                                    const key_index& wanted, join_change how) {
  std::vector<std::uint32_t> missing = all_of(wanted);
  join_changes changes;
  if (how == join_change::sync) {
    if (wanted.size() > most_keys) {
      throw query_error("sync() of `" + rows.table().name() + "` by a key of several columns takes up to " +
                        std::to_string(most_keys) + " objects: detach() and attach() them instead");
    }
    changes.detached = co_await tell_of(listeners.registry, listeners.model, bulk_event::deleting, source,
                                        [&] { return rows.erase_others(source, wanted); });
  } else {
    missing.clear();
    changes.detached = co_await tell_of(listeners.registry, listeners.model, bulk_event::deleting, source,
                                        [&]() -> task<std::int64_t> {
                                          std::int64_t all = 0;
                                          for (const std::uint32_t each : all_of(wanted)) {
                                            const std::int64_t gone = co_await rows.erase(source, wanted, {each});
                                            all += gone;
                                            if (gone == 0) missing.push_back(each);
                                          }
                                          co_return all;
                                        });
  }
  if (missing.empty()) co_return changes;
  changes.attached = co_await tell_of(listeners.registry, listeners.model, bulk_event::inserting, source,
                                      [&] { return rows.insert(source, wanted, missing); });
  co_return changes;
}

/// Of a key of one column: which of those that are wanted are there, and what else is.
task<void> read_all_connected(query_source& source, const join_table& table, const key_index& wanted,
                              std::vector<bool>& found, key_index& others) {
  const kind k = table.related_kind();
  if (k == kind::i64) return read_connected<std::int64_t>(source, table, wanted, found, others);
  if (k == kind::u64) return read_connected<std::uint64_t>(source, table, wanted, found, others);
  if (k == kind::uuid) return read_connected<uuid>(source, table, wanted, found, others);
  return read_connected<std::string>(source, table, wanted, found, others);
}

task<join_changes> change_in(lease& source, const join_listeners& listeners, join_writer& rows, const key_index& wanted,
                             join_change how) {
  if (rows.table().is_composite()) co_return co_await change_composite(source, listeners, rows, wanted, how);
  std::vector<bool> found(wanted.size(), false);
  key_index others(0);
  co_await read_all_connected(source, rows.table(), wanted, found, others);
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    if (!found[i]) missing.push_back(i);
  }
  std::vector<std::uint32_t> gone;
  if (how == join_change::sync) {
    gone = all_of(others);
  } else {
    for (std::uint32_t i = 0; i < wanted.size(); ++i) {
      if (found[i]) gone.push_back(i);
    }
  }
  const key_index& parted = how == join_change::sync ? others : wanted;
  join_changes changes;
  if (!gone.empty()) {
    changes.detached = co_await tell_of(listeners.registry, listeners.model, bulk_event::deleting, source,
                                        [&] { return rows.erase(source, parted, gone); });
  }
  if (!missing.empty()) {
    changes.attached = co_await tell_of(listeners.registry, listeners.model, bulk_event::inserting, source,
                                        [&] { return rows.insert(source, wanted, missing); });
  }
  co_return changes;
}

enum class reach : std::uint8_t {
  one_row,
  one_statement,
  several_statements,
};

/// Who writes several rows of one owner waits for others who do: these may come to the rows in another order.
///
/// Does `work(source)`, which gives how many rows it has written; in a transaction of its own where it takes several
/// statements, or somebody is told.
template <class Work>
task<std::int64_t> run_whole(verb_call call, const join_listeners& listeners, bulk_event before, join_writer& rows,
                             const void* owner, reach how_far, Work work) {
  // Its counters are in the owner's row, which the others hold before they come to the rows.
  const bool locks = (how_far != reach::one_row || rows.counts()) && call.source->sql_dialect().features().row_locks;
  const bool is_one = how_far != reach::several_statements && !locks;
  if (listeners.model == nullptr && is_one && !rows.counts()) co_return co_await work(*call.source);
  const auto write = [&](lease& held) -> task<std::int64_t> {
    if (locks) co_await lock_owner(held, *rows.table().keys().owner, owner);
    const std::int64_t written = co_await work(held);
    co_await rows.write_counts(held);
    co_return written;
  };
  if (listeners.model != nullptr)
    co_return co_await tell_around(call, *listeners.registry, before, *listeners.model, write);
  co_return co_await in_transaction<std::int64_t>(call, write);
}

reach reach_of(std::size_t count) {
  if (count == 1) return reach::one_row;
  return std::has_single_bit(count) && count <= most_keys ? reach::one_statement : reach::several_statements;
}

task<join_changes> change(verb_call call, join_rows rows, given_keys keys, const std::optional<join_row>& with,
                          join_change how) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const key_index wanted = table.read(keys);
  const join_listeners listeners(*call.source, table.name(), with);
  join_writer writer(table, rows, with, nullptr);
  co_return co_await in_transaction<join_changes>(call, [&](lease& held) -> task<join_changes> {
    co_await lock_owner(held, *table.keys().owner, rows.owner);
    const join_changes changes = co_await change_in(held, listeners, writer, wanted, how);
    co_await writer.write_counts(held);
    co_return changes;
  });
}

/// What detaches an object from all.
task<std::int64_t> erase_all(query_source& source, join_writer& rows) {
  if (!rows.counts() || rows.table().is_composite()) co_return co_await rows.erase_all(source);
  const key_index none(0);
  std::vector<bool> found;
  key_index connected(0);
  co_await read_all_connected(source, rows.table(), none, found, connected);
  co_return co_await rows.erase(source, connected, all_of(connected));
}

}  // namespace

task<std::int64_t> attach(verb_call call, join_rows rows, given_keys keys, std::optional<join_row> with,
                          join_counts* counts) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const key_index wanted = table.read(keys);
  if (wanted.size() == 0) co_return 0;
  const join_listeners listeners(*call.source, table.name(), with);
  join_writer writer(table, rows, with, counts);
  reach how_far = reach_of(wanted.size());
  if (with && how_far != reach::one_row) how_far = reach::several_statements;
  co_return co_await run_whole(call, listeners, bulk_event::inserting, writer, rows.owner, how_far,
                               [&](query_source& in) { return writer.insert(in, wanted, all_of(wanted)); });
}

task<std::int64_t> detach(verb_call call, join_rows rows, given_keys keys, bool all, join_counts* counts) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const join_listeners listeners(*call.source, table.name());
  join_writer writer(table, rows, {}, counts);
  if (all) {
    co_return co_await run_whole(call, listeners, bulk_event::deleting, writer, rows.owner, reach::one_statement,
                                 [&](query_source& in) { return erase_all(in, writer); });
  }
  const key_index gone = table.read(keys);
  if (gone.size() == 0) co_return 0;
  co_return co_await run_whole(call, listeners, bulk_event::deleting, writer, rows.owner, reach_of(gone.size()),
                               [&](query_source& in) { return writer.erase(in, gone, all_of(gone)); });
}

task<join_changes> sync(verb_call call, join_rows rows, given_keys keys, std::optional<join_row> with) {
  co_return co_await change(call, rows, std::move(keys), with, join_change::sync);
}

task<join_changes> toggle(verb_call call, join_rows rows, given_keys keys, std::optional<join_row> with) {
  co_return co_await change(call, rows, std::move(keys), with, join_change::toggle);
}

}  // namespace tupelo::detail
